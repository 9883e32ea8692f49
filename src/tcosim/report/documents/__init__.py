"""What a run says as documents: the page, the board's sheet, Markdown and plain data, each from the same content."""
