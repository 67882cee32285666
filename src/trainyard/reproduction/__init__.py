"""Running a run again from what it left behind, and proving that it gives the same."""
