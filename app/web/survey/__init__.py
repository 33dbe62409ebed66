"""The three questions after an appointment."""
