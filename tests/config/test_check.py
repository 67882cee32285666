"""What is wrong with a command line, found all at once and said in a sentence each."""

import re
from collections.abc import Callable, Sequence

import pytest

from tests.config.conftest import ALL_NETWORKS
from tests.config.conftest import compose_quickly as compose
from trainyard.config.check import check_config
from trainyard.config.text import to_dict

Faults = Callable[..., Sequence[str]]


def test_all_mistakes_are_found_at_once_in_the_order_of_the_command_line(faults: Faults) -> None:
    assert faults("optimizer.lr=-1", "dataset=digist", "network.hiden=3", "seed=x", "training.max_epochs=[") == (
        "optimizer.lr=-1: must be greater than 0",
        "dataset=digist: no such dataset; did you mean digits? There are arrays, breast_cancer, csv, custom, diabetes, "
        "digits, idx, image_folder, iris, linnerud, salmon and wine.",
        "network.hiden: no such key; did you mean network.hidden?",
        "seed=x: must be a whole number",
        "training.max_epochs=[: a ] is missing",
    )


@pytest.mark.parametrize(
    ("overrides", "fault"),
    [
        ("netwrk=mlp", "netwrk: no such key; did you mean network?"),
        ("learning_rate=3", "learning_rate: no such key; did you mean optimizer.lr?"),
        ("target=price", "target: no such key; did you mean dataset.target?"),
        ("training.learning_rate=3", "training.learning_rate: no such key; did you mean optimizer.lr?"),
        ("lr=3", "lr: no such key; did you mean optimizer.lr?"),
        ("+epochs=3", "epochs: no such key; did you mean training.max_epochs?"),
        ("++model.hiden=9", "model.hiden: no such key; did you mean network.hidden?"),
        ("network.layers.dense1.bias=false",
         "network.layers.dense1.bias: no such key in network=mlp; network=layers has it"),
        ("network=layers network.layers.dense1.out_featres=64",
         "network.layers.dense1.out_featres: Linear has no argument out_featres; did you mean out_features?"),
        ("network=layers +network.layers.dense1.bais=false",
         "network.layers.dense1.bais: Linear has no argument bais; did you mean bias?"),
        ("network=layers ++network.layers.drop={type:Dropout,q:0.5}",
         "network.layers.drop.q: Dropout has no argument q"),
        ("network=layers network.layers.dense2.inputs=[dens1]",
         "network.layers.dense2: there is no such layer; did you mean dense1? A new layer needs a type, such as {type: "
         "Linear, out_features: 64}"),
        ("network=layers network.layers.actvation1=null",
         "network.layers.actvation1=null: there is no such layer; did you mean activation1?"),
        ("network=layers ~network.layers.drop",
         "~network.layers.drop: Could not delete from config. 'network.layers.drop' does not exist."),
        ("network=layers network.layers.dense1.out_features=${nothing}",
         "network.layers.dense1.out_features: Interpolation key 'nothing' not found"),
        ("network=layers network.layers=[dense1]", "network.layers=[dense1]: must be names with values, such as "
         "{dense1: {type: Linear, out_features: 64}}"),
        ("network=linear network.hidden=[3]",
         "network.hidden: no such key in network=linear; network=mlp and network=cnn have it"),
        ("optimizer.momentum=0.5",
         "optimizer.momentum: no such key in optimizer=adamw; optimizer=sgd and optimizer=rmsprop have it"),
        ("optimizer.xyzzy=1", "optimizer.xyzzy: no such key; optimizer=adamw has lr, weight_decay, beta1, beta2 and "
         "eps"),
        ("dataset=iris dataset.columns.zip.xyzzy=1",
         "dataset.columns.zip.xyzzy: no such key; dataset.columns.zip has kind, transform and encoding"),
        ("seed=1.5", "seed=1.5: must be a whole number"),
        ("seed=null", "seed: must be given; null is not possible here, but a whole number"),
        ("seed.x=3", "seed={x:3}: must be a whole number"),
        ("seed=-1", "seed=-1: must be at least 0 and less than 4294967296"),
        ("training.batch_size=0", "training.batch_size=0: must be at least 1 (rows)"),
        ("training.batch_size=true", "training.batch_size=true: must be a whole number"),
        ("dataset.val_fraction=0", "dataset.val_fraction=0: must be greater than 0 and less than 1 "
         "(fraction of all rows)"),
        ("optimizer.lr=fast", "optimizer.lr=fast: must be a number"),
        ("optimizer.lr=inf", "optimizer.lr=inf: must be a finite number"),
        ("network.hidden=[64,wide]", "network.hidden=[64,wide]: must be a list of whole numbers such as [128,64]"),
        ("network.hidden=[64,0]", "network.hidden=[64,0]: must be at least 1 (units)"),
        ("network.activation=rleu", "network.activation=rleu: must be relu, gelu, silu, tanh, elu or leaky_relu; "
         "did you mean relu?"),
        ("accelerator.precision=bf16", "accelerator.precision=bf16: must be auto, 32, tf32, 64, bf16-mixed, 16-mixed "
         "or bf16-true; did you mean bf16-true?"),
        ("accelerator.threads=many", "accelerator.threads=many: must be a whole number or auto"),
        ("network.residual=perhaps", "network.residual=perhaps: must be true or false"),
        ("training=5", "training=5: must hold keys"),
        ("tags=owner", "tags=owner: must be names with values, such as {owner: me}"),
        ("tags={a:1,b:[1,2]}", "tags.b=[1,2]: must be a text"),
        ("dataset=iris dataset.columns.zip=category",
         "dataset.columns.zip=category: must hold kind, transform or encoding, such as {kind: category}"),
        ("dataset=iris dataset.columns.zip.knid=category", "dataset.columns.zip.knid: no such key; did you mean "
         "dataset.columns.zip.kind?"),
        ("dataset=iris dataset.columns.zip.kind=categorial",
         "dataset.columns.zip.kind=categorial: must be auto, numeric, category, boolean, "
         "datetime or ignore; did you mean category?"),
        ("dataset.columns.zip.kind=category", "dataset.columns.zip.kind: no such key in dataset=digits; dataset=iris, "
         "dataset=wine, dataset=breast_cancer, dataset=diabetes and others have it"),
        ("dataset.augment.shfit=0.1", "dataset.augment.shfit: no such key; did you mean dataset.augment.shift?"),
        ("dataset.rotate=10", "dataset.rotate: no such key; did you mean dataset.augment.rotate?"),
        ("dataset.augment=0.1", "dataset.augment=0.1: must hold shift, rotate, flip, crop, noise, mixup or cutmix"),
        ("dataset.augment.rotate=200", "dataset.augment.rotate=200: must be at least 0 and at most 180 (degrees)"),
        ("note=${nothing}", "note: Interpolation key 'nothing' not found"),
        ("note=${oc.env:NO_SUCH}",
         "note: KeyError raised while resolving interpolation: \"Environment variable 'NO_SUCH' not found\""),
    ],
)  # fmt: skip
def test_one_mistake_is_one_sentence(faults: Faults, overrides: str, fault: str) -> None:
    assert faults(*overrides.split(" ")) == (fault,)


@pytest.mark.parametrize("section", ["training", "dataset"])
def test_of_many_keys_ten_are_named(faults: Faults, section: str) -> None:
    (fault,) = faults("dataset=iris", f"{section}.xyzzy=1")
    assert re.fullmatch(rf"{section}.xyzzy: no such key; [\w=]+ has (\w+, ){{9}}\w+ and \d+ more", fault)


def test_a_key_like_none_at_the_top_is_told_the_groups(faults: Faults) -> None:
    (fault,) = faults("xyzzy=1")
    assert fault.startswith("xyzzy: no such key; a config has dataset, model, network, optimizer, schedule, ")


def test_what_has_to_be_given_is_named_once(faults: Faults) -> None:
    assert faults("dataset=csv") == (
        "dataset.target: has to be given: column or columns to predict",
        "dataset.path: has to be given: the table; a relative path starts at the folder the command is typed in",
    )


def test_a_secret_is_not_shown_in_a_message(faults: Faults) -> None:
    assert faults("tags.api_key=[hunter22]") == ("tags.api_key=***: must be a text",)


def test_an_option_that_does_not_exist_hides_no_other_mistake_but_its_own_keys(faults: Faults) -> None:
    assert faults("network=transformer", "optimizer.lr=0") == (
        f"network=transformer: no such network. There are {ALL_NETWORKS}.",
        "optimizer.lr=0: must be greater than 0",
    )


def test_a_container_without_a_section_is_not_a_config() -> None:
    values = to_dict(compose())
    del values["network"]
    checked = check_config(values)
    assert checked.config is None
    assert [str(fault) for fault in checked.faults] == ["network: nothing is chosen; write network=<option>"]


def test_keys_that_are_left_out_have_the_defaults_of_the_schema() -> None:
    values = to_dict(compose())
    del values["training"]["batch_size"]
    checked = check_config(values)
    assert checked.config == compose()
