"""API prices of a stated day from a catalogue that is installed beside tcosim, in the place of stated prices."""
