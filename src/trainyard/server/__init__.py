"""Server: a trained model that answers requests over HTTP, by MLflow's scoring protocol, to this machine alone."""
