// Learning rate of a step, in double, a function of the step alone: a resumed run needs no other
// state.
#pragma once

#include <cstdint>
#include <string>

namespace hyperlift {

struct ScheduleConfig {
  std::string kind = "constant";  // constant, poly, step, cosine
  double lr = 1e-4;               // the rate at the start
  int64_t total_steps = 0;        // length of poly and cosine, warm-up included
  int64_t warmup_steps = 0;
  double power = 1.5;     // poly
  double min_lr = 0;      // cosine: the rate at the end
  int64_t step_size = 0;  // step: a factor of gamma every so many steps
  double gamma = 0.5;
};

// With W warm-up steps, N total steps and rate r:
//   step < W:  r (step + 1) / (W + 1)
//   constant:  r
//   poly:      r (1 - i/n)^power               as UnSSR's main.py; 0 from i = n on
//   step:      r gamma^floor(i / stepSize)
//   cosine:    min + (r - min) (1 + cos(pi i/n)) / 2    as the MST++ toolbox; min from i = n on
// where i = step - W and n = N - W. Throws CONFIG_SCHEDULE.
double learning_rate(const ScheduleConfig& config, int64_t step);

// Throws CONFIG_SCHEDULE for an unknown kind or a length that the kind needs and does not have.
void check_schedule(const ScheduleConfig& config);

}  // namespace hyperlift
