"""Reports on a terminal or in a pipe, drawn with rich; decides nothing about what is said."""
