#include "train/schedule.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hyperlift {

void check_schedule(const ScheduleConfig& config) {
  const auto& kind = config.kind;
  if (kind != "constant" && kind != "poly" && kind != "step" && kind != "cosine") {
    fail("CONFIG_SCHEDULE", "no schedule is called '", kind,
         "': expected one of constant, poly, step, cosine");
  }
  if (!std::isfinite(config.lr) || config.lr < 0) {
    fail("CONFIG_SCHEDULE", "the learning rate is ", config.lr, ", expected 0 or more");
  }
  if (config.warmup_steps < 0) {
    fail("CONFIG_SCHEDULE", "warmupSteps is ", config.warmup_steps, ", expected 0 or more");
  }
  const bool spans = kind == "poly" || kind == "cosine";
  if (spans && config.total_steps <= config.warmup_steps) {
    fail("CONFIG_SCHEDULE", "the ", kind, " schedule spans ", config.total_steps,
         " steps, expected more than the warm-up of ", config.warmup_steps);
  }
  if (kind == "step" && config.step_size < 1) {
    fail("CONFIG_SCHEDULE", "the step schedule has stepSize ", config.step_size,
         ", expected 1 or more");
  }
}

double learning_rate(const ScheduleConfig& config, int64_t step) {
  check_schedule(config);
  const int64_t warmup = config.warmup_steps;
  if (step < warmup) {
    return config.lr * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
  }
  const int64_t i = step - warmup;
  if (config.kind == "constant") return config.lr;
  if (config.kind == "step") {
    const int64_t drops = i / config.step_size;
    return config.lr * std::pow(config.gamma, static_cast<double>(drops));
  }
  const auto length = static_cast<double>(config.total_steps - warmup);
  const double done = std::min(static_cast<double>(i) / length, 1.0);
  if (config.kind == "poly") return config.lr * std::pow(1 - done, config.power);
  return config.min_lr + (config.lr - config.min_lr) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

}  // namespace hyperlift
