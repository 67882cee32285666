"""Pairs that cannot be right: the command line, and the beginning of the one sentence about it."""

CSV = "dataset=csv dataset.path=t.csv dataset.target=y "
DATA = {
    "model=regressor": "model=regressor: dataset=digits has classes to predict; take model=classifier",
    "dataset=iris model=regressor": "model=regressor: dataset=iris has classes",
    "dataset=salmon model=classifier": "model=classifier: dataset=salmon has a number to predict; take model=regressor",
    "dataset=diabetes model=classifier": "model=classifier: dataset=diabetes has a number",
    "dataset=csv dataset.path=t.csv dataset.target=[a,b] model=classifier":
        "dataset.target=[a,b]: a classifier predicts one column",
    "dataset=salmon model=regressor dataset.split=stratified": "dataset.split=stratified: needs classes",
    "dataset=csv dataset.path=t.csv dataset.target=[]": "dataset.target=[]: must name a column to predict",
    "dataset=csv dataset.path=t.csv dataset.target=[a,a]": "dataset.target=[a,a]: a is there twice",
    CSV + "dataset.group=y": "dataset.group=y: y is the target",
    CSV + "dataset.weight=y": "dataset.weight=y: y is the target",
    CSV + "dataset.time=y": "dataset.time=y: y is the target",
    CSV + "dataset.ignore=[x,y]": "dataset.ignore=[x,y]: y is the target",
    CSV + "dataset.weight=w dataset.ignore=w": "dataset.ignore=[w]: w is the weight",
    CSV + "dataset.weight=w dataset.group=w": "dataset.group=w: w is also dataset.weight",
    CSV + "dataset.columns.y.kind=category": "dataset.columns.y: y is the target",
    CSV + "dataset.columns.y.kind=ignore": "dataset.columns.y.kind=ignore: y is the target",
    CSV + "dataset.ignore=x dataset.columns.x.kind=numeric": "dataset.columns.x: x is in dataset.ignore too",
    CSV + "dataset.columns.x={kind:category,transform:robust}": "dataset.columns.x.transform=robust: is for numbers",
    CSV + "dataset.columns.x={kind:numeric,encoding:one_hot}": "dataset.columns.x.encoding=one_hot: is for categories",
    "dataset.transform=robust": "dataset.transform=robust: is for columns of numbers; images take standard or none",
    "dataset=idx dataset.path=mnist dataset.target=[a,b]": "dataset.target=[a,b]: an image has one label",
    "dataset=image_folder dataset.path=birds dataset.size=[1,2,3]":
        "dataset.size=[1,2,3]: must be [height,width], or one number",
    "dataset=image_folder dataset.path=birds model=regressor": "model=regressor: dataset=image_folder has classes",
    "dataset=salmon dataset.augment.shift=0.1": "dataset.augment.shift=0.1: is for images; dataset=salmon is a table",
    CSV + "dataset.augment.crop=0.5": "dataset.augment.crop=0.5: is for images; dataset=csv is a table",
    "dataset=arrays dataset.path=x.npy": "dataset.path=x.npy: holds x alone; name the file with y in dataset.y_path",
    "dataset=arrays dataset.path=t.npz dataset.y_path=y.npy": "dataset.y_path=y.npy: is for x in an .npy; in t.npz",
    "dataset=custom dataset._target_=own.load dataset.target=y":
        "dataset._target_=own.load: own is not trusted; to run code of it, write trusted=[own]",
    "dataset=custom dataset._target_=load dataset.target=y trusted=own":
        "dataset._target_=load: must be package.module.name",
    CSV + "dataset.encoding=utf-9": "dataset.encoding=utf-9: no such encoding; did you mean utf-8?",
    CSV + "dataset.encoding=foo":
        "dataset.encoding=foo: no such encoding; common ones are utf-8, utf-16, latin-1, cp1252 and ascii",
    CSV + "dataset.delimiter=semi": "dataset.delimiter=semi: must be one character or comma",
    CSV + "dataset.decimal=, dataset.delimiter=comma": "dataset.decimal=,: is the dataset.delimiter too",
}
SPLIT = {
    CSV + "dataset.split=group": "dataset.split=group: needs dataset.group",
    CSV + "dataset.split=time": "dataset.split=time: needs dataset.time",
    CSV + "dataset.split=column": "dataset.split=column: needs dataset.split_column",
    CSV + "dataset.split=files": "dataset.split=files: needs dataset.test_path",
    "dataset.split=files": "dataset.split=files: is for dataset=csv; dataset=digits has no files",
    "dataset.split=group": "dataset.split=group: is for tables; dataset=digits has images",
    CSV + "dataset.split=random dataset.group=g": "dataset.group=g: dataset.split=random would ignore it",
    CSV + "dataset.split=random dataset.split_column=s":
        "dataset.split_column=s: is only used with dataset.split=column, not with random",
    CSV + "dataset.split=random dataset.test_path=u.csv":
        "dataset.test_path=u.csv: is only used with dataset.split=files, not with random",
    CSV + "dataset.val_path=v.csv": "dataset.val_path=v.csv: needs dataset.test_path too",
    CSV + "dataset.group=g dataset.time=t":
        "dataset.time=t: dataset.split=auto would ignore it, as dataset.group divides the rows; take dataset.split=",
    CSV + "dataset.group=g dataset.time=t dataset.split_column=s":
        "dataset.time=t: dataset.split=auto would ignore it, as dataset.group cuts val from train; leave one",
    CSV + "dataset.split_column=s dataset.time=t":
        "dataset.time=t: dataset.split=auto would ignore it, as dataset.split_column divides the rows",
    CSV + "dataset.test_path=u.csv dataset.val_path=v.csv dataset.time=t":
        "dataset.time=t: dataset.split=auto would ignore it, as val and test are files of their own",
    CSV + "dataset.test_path=u.csv dataset.split_column=s":
        "dataset.split_column=s: dataset.split=auto would ignore it, as dataset.test_path gives files",
    "dataset.val_fraction=0.5 dataset.test_fraction=0.5":
        "dataset.val_fraction=0.5 and dataset.test_fraction=0.5: leave no rows",
    "dataset.fold=1": "dataset.fold=1: needs dataset.folds too; k_fold=5 trains all folds of five",
    "dataset.folds=4": "dataset.folds=4: needs dataset.fold, 0 to 3, too; k_fold=4 trains them all",
    "dataset.folds=4 dataset.fold=4": "dataset.fold=4: dataset.folds=4 are counted from 0 to 3",
    "dataset.folds=2 dataset.fold=0 dataset.val_fraction=0.5": "dataset.val_fraction=0.5: leaves no rows to train on",
    CSV + "dataset.folds=3 dataset.fold=0 dataset.split=time dataset.time=t":
        "dataset.split=time: says which rows are tested",
    CSV + "dataset.folds=3 dataset.fold=0 dataset.time=t": "dataset.time=t: says which rows are tested",
    CSV + "dataset.folds=3 dataset.fold=0 dataset.split_column=s": "dataset.split_column=s: says which rows are tested",
    CSV + "dataset.folds=3 dataset.fold=0 dataset.test_path=u.csv": "dataset.test_path=u.csv: says which rows",
}
MODEL = {
    "network.hidden=[]": "network.hidden=[]: names no layer",
    "network=cnn network.widths=[]": "network.widths=[]: names no layer",
    "network=resnet network.widths=[8]": "network.widths=[8]: needs two numbers or more",
    "network=cnn network.kernel=4": "network.kernel=4: must be odd",
    "network.normalization=batch training.batch_size=1": "network.normalization=batch: needs two rows",
    "network=resnet training.batch_size=1": "network=resnet: needs two rows in a minibatch",
    "dataset=salmon model=regressor model.huber_delta=2": "model.huber_delta=2: is only used with model.loss=huber",
    "dataset=salmon model=regressor model.quantiles=[0.1,0.9]":
        "model.quantiles=[0.1,0.9]: is only used with model.loss=quantile, not mse",
    "dataset=salmon model=regressor model.loss=quantile model.quantiles=[0.9,0.1]":
        "model.quantiles=[0.9,0.1]: must rise",
    "dataset=salmon model=regressor model.loss=quantile model.quantiles=[]": "model.quantiles=[]: names no quantile",
    "model=classifier model.focal_gamma=1": "model.focal_gamma=1: is only used with model.loss=focal",
    "model=classifier model.loss=focal model.label_smoothing=0.1":
        "model.label_smoothing=0.1: is only used with model.loss=cross_entropy, not focal",
    "model=classifier model.loss=custom": "model.loss=custom: needs model.loss_target=package.module.name",
    "model=classifier model.loss_target=mine.loss": "model.loss_target=mine.loss: is only used with model.loss=custom",
    "model=classifier model.loss=custom model.loss_target=mine.loss":
        "model.loss_target=mine.loss: mine is not trusted; to run code of it, write trusted=[mine]",
    "network=custom network._target_=mine.Net trusted=[yours]":
        "network._target_=mine.Net: mine is not trusted; to run code of it, write trusted=[yours,mine]",
    "network=custom network._target_=Net trusted=[Net]": "network._target_=Net: must be package.module.name",
    "model=classifier model.extra_metrics={Gini:{_target_:mine.gini}} trusted=mine":
        "model.extra_metrics.Gini: a metric's name has small letters",
    "model=classifier model.extra_metrics={ece:{_target_:mine.ece}} trusted=mine":
        "model.extra_metrics.ece: there is a metric ece already",
    "model=classifier model.extra_metrics={gini:{_target_:mine.gini}}":
        "model.extra_metrics.gini._target_=mine.gini: mine is not trusted",
}
FIT = {
    "optimizer=sgd optimizer.momentum=0": "optimizer.momentum=0: needs optimizer.nesterov=false too",
    "training.max_time=soon": "training.max_time=soon: is no time; write 90s",
    "training.max_time=0s": "training.max_time=0s: must be longer than 0",
    "training.checkpoint_every=often": "training.checkpoint_every=often: is no time; write 30s, 1m or 2h",
    "training.max_epochs=null": "training.max_epochs, training.max_steps and training.max_time are all empty",
    "schedule=cosine training.max_epochs=null training.max_time=1h": "schedule=cosine: has to know how many steps",
    "schedule=polynomial training.max_epochs=null training.max_time=1h": "schedule=polynomial: has to know",
    "schedule=step schedule.every=20": "schedule.every=20: the training ends after training.max_epochs=20",
    "dataset=salmon model=regressor model.loss=quantile training.monitor=val/coverage":
        "training.monitor=val/coverage: neither less nor more of coverage alone is better; take val/pinball",
    "dataset=salmon model=regressor training.monitor=val/pinball":
        "training.monitor=val/pinball: no such metric of a regressor",
    "optimizer=lbfgs": "optimizer=lbfgs: computes the loss of all rows several times for one step",
    "schedule=one_cycle training.max_epochs=null training.max_time=1h": "schedule=one_cycle: has to know",
    "training.max_epochs=3 training.validate_every=4": "training.validate_every=4: is more than training.max_epochs=3",
    "schedule.warmup_steps=50 training.max_steps=50": "schedule.warmup_steps=50: the training has 50 steps at most",
    "schedule.warmup_steps=500": "schedule.warmup_steps=500: the training has 400 steps at most",
    "training.monitor=val/acc": "training.monitor=val/acc: no such metric of a classifier; did you mean val/accuracy?",
    "training.monitor=accuracy":
        "training.monitor=accuracy: no such metric of a classifier; did you mean val/accuracy?",
    "training.monitor=val/rmse": "training.monitor=val/rmse: no such metric of a classifier",
    "dataset=salmon training.monitor=val/accuracy": "training.monitor=val/accuracy: no such metric of a regressor",
    "training.monitor=test/loss": "training.monitor=test/loss: the test part must not choose anything; did you mean "
        "val/loss?",
    "training.monitor=train/loss": "training.monitor=train/loss: the train part has only",
    "dataset=salmon training.monitor=val/rmse/width": "training.monitor=val/rmse/width: width is not a target",
    "training.monitor=val/accuracy training.direction=min": "training.direction=min: max is best for val/accuracy",
    "schedule=plateau training.patience=5": "schedule.patience=5: training would stop",
    "training.limit_batches=1 training.overfit_batches=1":
        "training.limit_batches and training.overfit_batches: set one",
}
LAYERS = {
    "network=layers network.layers.n={type:BatchNorm1d} training.batch_size=1":
        "network.layers.n.type=BatchNorm1d: needs two rows in a minibatch, but training.batch_size=1",
    "network=layers network.layers.dense1.regularization.l2=0.1 accelerator=fsdp":
        "network.layers.dense1.regularization: accelerator=fsdp spreads the weights over processes",
}
PLACE = {
    "accelerator=cpu accelerator.device=1": "accelerator.device=1: is for one GPU, but accelerator=cpu",
    "accelerator=cpu accelerator.processes=3": "accelerator.processes=3: is for accelerator=ddp_cpu, ddp_gpu or fsdp",
    "accelerator=gpu accelerator.nodes=2": "accelerator.nodes=2: is for accelerator=ddp_cpu, ddp_gpu or fsdp, not gpu",
    "accelerator=cpu accelerator.precision=tf32":
        "accelerator.precision=tf32: needs a CUDA GPU, but accelerator=cpu; take 32",
    "accelerator=ddp_cpu accelerator.precision=16-mixed":
        "accelerator.precision=16-mixed: needs a CUDA GPU, but accelerator=ddp_cpu; take bf16-mixed",
    "accelerator=mps accelerator.precision=64": "accelerator.precision=64: a Mac's GPU has no 64 bits; take 32",
    "accelerator=ddp_cpu training.engine=fast": "training.engine=fast: is for one device, but accelerator=ddp_cpu",
    "tracking=server": "tracking=server: needs tracking.uri=http://... or MLFLOW_TRACKING_URI",
    "tracking=server tracking.uri=./mlruns": "tracking.uri=./mlruns: is no address of a server",
    "tracking.uri=http://localhost:5000": "tracking.uri=http://localhost:5000: is only used with tracking=server",
    "tracking=off tracking.system_metrics=true": "tracking.system_metrics=true: is written to MLflow, but tracking=off",
    "experiment_name=' '": "experiment_name: must not be blank",
    "tags.mlflow.user=me": "tags.mlflow.user: names that start with mlflow. belong to MLflow",
}
