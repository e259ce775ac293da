// A list of layers whose keys are their positions, as nn.Sequential and nn.ModuleList name them in
// Python.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// Unlike ModuleList's own constructor, this also nests: a list of one list is not a copy of that
// list.
template <class... Layers>
torch::nn::ModuleList module_list(const Layers&... layers) {
  torch::nn::ModuleList list;
  (list->push_back(layers.ptr()), ...);
  return list;
}

}  // namespace hyperlift::nn
