"""What Lightning's Trainer takes, by name: what is handed on, and which key of Trainyard stands for the others."""

PASSED = (
    "deterministic", "benchmark", "detect_anomaly", "profiler", "sync_batchnorm", "inference_mode", "barebones",
    "enable_autolog_hparams",
)  # fmt: skip
# argument -> what to write instead, since blocks of minibatches change what it would do
INSTEAD = {
    "accelerator": "accelerator=...", "strategy": "accelerator=ddp_cpu, ddp_gpu or fsdp",
    "devices": "accelerator.processes=... or accelerator.device=...", "num_nodes": "accelerator.nodes=...",
    "precision": "accelerator.precision=...", "logger": "tracking=...", "callbacks": "callbacks.<name>._target_=...",
    "fast_dev_run": "debug=one_batch", "max_epochs": "training.max_epochs=...", "max_steps": "training.max_steps=...",
    "max_time": "training.max_time=...", "limit_train_batches": "training.limit_batches=...",
    "overfit_batches": "training.overfit_batches=...", "check_val_every_n_epoch": "training.validate_every=...",
    "enable_checkpointing": "training.checkpoint_every=...", "enable_progress_bar": "training.progress=...",
    "accumulate_grad_batches": "training.accumulate=...", "gradient_clip_val": "training.clip_norm=...",
    "gradient_clip_algorithm": "training.clip_norm=...",
    "use_distributed_sampler": "accelerator=..., which shares each minibatch out",
}  # fmt: skip
# argument -> why there is nothing that it could do
WITHOUT_USE = {
    "min_epochs": "training.patience and the limits decide when training ends",
    "min_steps": "training.patience and the limits decide when training ends",
    "limit_val_batches": "validation takes all of its rows at once",
    "limit_test_batches": "the test takes all of its rows at once",
    "limit_predict_batches": "predictions are the work of trainyard predict",
    "val_check_interval": "validation comes at the end of epochs; see training.validate_every",
    "num_sanity_val_steps": "network and data are checked before the run begins",
    "log_every_n_steps": "metrics are written once an epoch",
    "enable_model_summary": "the layer table is always shown",
    "reload_dataloaders_every_n_epochs": "the rows lie on the device",
    "plugins": "precision and processes are chosen by accelerator.*",
    "default_root_dir": "callbacks write to lightning/ in the run's folder",
    "model_registry": "models are registered with trainyard register",
}  # fmt: skip
OWN_CALLBACKS = "pytorch_lightning.callbacks."  # of Lightning itself, which need no trust
