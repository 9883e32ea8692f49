"""Request logs of any size and format into hours, with all that was found on the way."""
