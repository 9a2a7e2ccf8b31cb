"""PyTorch models in and out: modules, and their weights in safetensors files, without PyTorch."""

from classlens.io.torch.files import from_state_dict, refuse_pickle, to_state_dict
from classlens.io.torch.objects import from_object, to_object

__all__ = ["from_object", "from_state_dict", "refuse_pickle", "to_object", "to_state_dict"]
