// Readers of the configuration objects of losses, optimizers and trainers (ts/native/types.ts).
#pragma once

#include "addon/convert.h"
#include "data/sampler.h"
#include "train/losses/loss.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace hyperlift::addon {

// object[name]: whether it is `on`; `off` where it is absent.
bool choice_of(const Napi::Object& object, const char* name, const char* off, const char* on);
Paradigm paradigm_of(const Napi::Value& value, const char* what);
LossConfig loss_config_of(const Napi::Value& value, const char* what, Paradigm paradigm);
OptimizerConfig optimizer_config_of(const Napi::Value& value, const char* what);
// `lr` is the rate at the start.
ScheduleConfig schedule_config_of(const Napi::Value& value, const char* what, double lr);
SamplerConfig sampler_config_of(const Napi::Object& object);
UsamOptions usam_options_of(const Napi::Value& value, const char* what);
// Map<string, tensor>; a later entry of the same name wins.
std::map<std::string, at::Tensor> tensor_map_of(const Napi::Value& value, const char* what);
// A handle, or an undefined tensor for undefined.
at::Tensor optional_tensor_of(const Napi::Value& value, const char* what);

}  // namespace hyperlift::addon
