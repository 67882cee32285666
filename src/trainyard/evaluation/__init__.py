"""Evaluation: what a trained model is worth on rows, and what its predictions depend on."""
