// Means of the bands of a data set, which a network takes from its input and gives back.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// The values that an option `bandMean` takes, and what its page says of it.
std::vector<std::string> band_mean_choices();
inline constexpr const char* kBandMeanDoc =
    "means that are taken from the bands: of the data set CAVE or Harvard (31 bands), none "
    "(zeros), "
    "or auto: CAVE's where there are 31 bands, else none. They are the buffer `band_mean`, which a "
    "file of weights may set";

// [bands]. MODEL_OPTION for the means of a data set at another number of bands than 31.
at::Tensor band_mean(const char* network, const std::string& choice, int64_t bands);

}  // namespace hyperlift::nn
