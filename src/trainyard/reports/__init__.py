"""Reports: plots and tables for a person."""
