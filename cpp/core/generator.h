// Generators of random numbers with a seed of their own (at::detail::createCPUGenerator).
#pragma once

#include <ATen/CPUGeneratorImpl.h>
