"""Charts, each defined once with altair for every picture that is made of it."""
