"""The layer, argument or initializer that a word of torch, Keras or Lasagne was meant to be."""

import re
from collections.abc import Iterable

from trainyard.config.layers.types import LayerType, initializers, layer_types, refused_types
from trainyard.config.nearest import did_you_mean, nearest

# what other libraries call a layer, in small letters and without "layer" at the end
OTHER_TYPES = {
    "dense": "Linear", "fullyconnected": "Linear", "fc": "Linear", "convolution1d": "Conv1d",
    "convolution2d": "Conv2d", "convolution3d": "Conv3d", "conv2ddnn": "Conv2d", "deconv2d": "ConvTranspose2d",
    "transposedconv2d": "ConvTranspose2d", "conv1dtranspose": "ConvTranspose1d", "conv2dtranspose": "ConvTranspose2d",
    "conv3dtranspose": "ConvTranspose3d", "maxpooling1d": "MaxPool1d", "maxpooling2d": "MaxPool2d",
    "maxpooling3d": "MaxPool3d", "pool1d": "MaxPool1d", "pool2d": "MaxPool2d", "pool3d": "MaxPool3d",
    "averagepooling1d": "AvgPool1d", "averagepooling2d": "AvgPool2d", "averagepooling3d": "AvgPool3d",
    "globalpool": "AdaptiveAvgPool2d", "globalaveragepooling1d": "AdaptiveAvgPool1d",
    "globalaveragepooling2d": "AdaptiveAvgPool2d", "globalmaxpooling2d": "AdaptiveMaxPool2d",
    "batchnorm": "BatchNorm1d", "batchnormalization": "BatchNorm1d", "layernormalization": "LayerNorm",
    "groupnormalization": "GroupNorm", "localresponsenormalization2d": "LocalResponseNorm", "lrn": "LocalResponseNorm",
    "nonlinearity": "ReLU", "activation": "ReLU", "rectify": "ReLU", "leakyrectify": "LeakyReLU",
    "parametricrectifier": "PReLU", "randomizedrectifier": "RReLU", "scaledtanh": "Tanh", "swish": "SiLU",
    "spatialdropout1d": "Dropout1d", "spatialdropout2d": "Dropout2d", "gaussiandropout": "Dropout",
    "concat": "Merge", "concatenate": "Merge", "add": "Merge", "multiply": "Merge", "average": "Merge",
    "elemwisesum": "Merge", "elemwisemerge": "Merge", "recurrent": "RNN", "simplernn": "RNN", "vanillarnn": "RNN",
    "attention": "MultiheadAttention", "reshape": "Unflatten", "dimshuffle": "Permute", "transpose": "Permute",
    "pad": "ZeroPad2d", "zeropadding1d": "ZeroPad1d", "zeropadding2d": "ZeroPad2d", "upscale2d": "Upsample",
    "upsampling1d": "Upsample", "upsampling2d": "Upsample",
}  # fmt: skip
REASONS = {
    "loss": "is a loss; model.loss chooses that",
    "container": "holds other layers; name each of them in network.layers",
    "lazy": "needs no lazy form, since sizes are found out",
    "indices": "needs the places that a pooling has taken its values from; take Upsample or ConvTranspose2d",
    "random": "draws at random in predicting, too; take MaxPool2d or AdaptiveMaxPool2d",
    "base": "is a base class; take RNN, LSTM or GRU",
    "processes": "needs several processes; take BatchNorm1d, BatchNorm2d or BatchNorm3d",
}
# what other libraries call an argument or a key, the first that a layer has
OTHER_ARGUMENTS = {
    "num_units": ("out_features", "hidden_size"), "units": ("out_features", "hidden_size"), "size": ("out_features",),
    "features": ("out_features",), "width": ("out_features",), "filters": ("out_channels",),
    "num_filters": ("out_channels",), "channels": ("out_channels",), "filter_size": ("kernel_size",),
    "pool_size": ("kernel_size",), "strides": ("stride",), "pad": ("padding",), "rate": ("p", "dropout"),
    "probability": ("p",), "dropout": ("p",), "axis": ("dim", "dims"), "epsilon": ("eps",),
    "alpha": ("negative_slope",),
    "input_dim": ("num_embeddings",), "output_dim": ("embedding_dim",), "heads": ("num_heads", "nhead"),
    "w": ("init",), "kernel_initializer": ("init",), "weight_init": ("init",), "b": ("init_bias",),
    "bias_initializer": ("init_bias",), "kernel_regularizer": ("regularization",), "regularizer": ("regularization",),
    "weight_decay": ("regularization",), "l1": ("regularization",), "l2": ("regularization",),
    "incoming": ("inputs",), "incomings": ("inputs",), "input": ("inputs",), "lr": ("lr_multiplier",),
    "learning_rate": ("lr_multiplier",), "merge_function": ("merge",), "mode": ("merge",), "shared": ("share",),
}  # fmt: skip
NOT_TAKEN = {
    "inplace": "others may use the same output, so it is never changed in place",
    "batch_first": "rows always come first",
    "device": "accelerator=cpu or gpu says that",
    "dtype": "accelerator.precision says that",
    "nonlinearity": "an activation is a layer of its own, such as {type: ReLU}",
    "activation": "an activation is a layer of its own, such as {type: ReLU}",
    "trainable": "lr_multiplier: 0 freezes a layer",
}
OTHER_INITIALIZERS = {
    "glorotuniform": "xavier_uniform", "glorotnormal": "xavier_normal", "glorot": "xavier_uniform",
    "xavier": "xavier_uniform", "heuniform": "kaiming_uniform", "henormal": "kaiming_normal", "he": "kaiming_normal",
    "kaiming": "kaiming_normal", "truncatednormal": "trunc_normal", "zero": "zeros", "one": "ones",
    "identity": "eye", "gaussian": "normal",
}  # fmt: skip


def wrong_type(word: str) -> str:
    """Return what is wrong with a type that is none: "no such layer; did you mean Linear?" """
    reason = refused_types().get(word)
    if reason is not None:
        return REASONS[reason] + (f"; write {word.removeprefix('Lazy')}" if reason == "lazy" else "")
    if _plain(word) in ("input", "inputs"):
        return "no such layer; what a network takes is there by itself: row, numbers, categories and image"
    meant = nearest_type(word)
    return f"no such layer; did you mean {meant}?" if meant else "no such layer of torch.nn, nor Merge or Permute"


def nearest_type(word: str) -> str | None:
    """Return the type that a word was probably meant to be."""
    plain = _plain(word)
    if word in refused_types() or plain in ("input", "inputs"):
        return None
    return OTHER_TYPES.get(plain) or nearest(plain, layer_types()) or nearest(word, layer_types())


def _plain(word: str) -> str:
    lower = word.lower()
    return re.sub(r"[\W_]", "", lower).removesuffix("layer") or lower


def wrong_argument(word: str, type_: LayerType, keys: Iterable[str]) -> str:
    """Return what is wrong with an argument that a type of layer does not have; `keys` are those of every layer."""
    known = [*type_.arguments, *keys]
    other = next((name for name in OTHER_ARGUMENTS.get(word.lower(), ()) if name in known), None)
    hint = f"; did you mean {other}?" if other else did_you_mean(word, known)
    if not hint and word in NOT_TAKEN:
        hint = f"; {NOT_TAKEN[word]}"
    return f"{type_.name} has no argument {word}{hint}"


def wrong_initializer(word: str) -> str:
    """Return what is wrong with the name of an initializer that is none."""
    plain = re.sub(r"[\W_]", "", word.lower())
    close = OTHER_INITIALIZERS.get(plain) or nearest(word, initializers())
    return "no such function of torch.nn.init" + (f"; did you mean {close}?" if close else "")
