"""Explain: what a trained model goes by, column by column or pixel by pixel, and what its layers make of an image."""
