// Element types by the names that TypeScript uses.
#pragma once

#include "core/torch.h"

namespace hyperlift {

at::ScalarType dtype_of(const std::string& name);  // throws TENSOR_DTYPE
std::string dtype_name(at::ScalarType dtype);  // throws TENSOR_DTYPE for types that we do not offer
std::string describe(const at::Tensor& tensor);                // "float32 [2, 3]", for messages
std::string describe(const std::vector<at::Tensor>& tensors);  // joined by "and"

}  // namespace hyperlift
