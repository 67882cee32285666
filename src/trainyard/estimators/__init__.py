"""Classifier and Regressor: estimators of scikit-learn over the config of a run."""
