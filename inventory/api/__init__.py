"""The ground floor's part of the API, and the frame that every room's part stands in."""
