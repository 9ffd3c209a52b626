// Which kernel tables there are, which the processor can run, and which one is in use.
#pragma once

#include <string>
#include <vector>

#include "kernels/table.hpp"

namespace dlcore {

// The targets built in that this processor can run, best first.
std::vector<std::string> available_targets();

// The table in use: the best available one unless another was forced.
const KernelTable& active_table();

// Use this target from now on. Throws std::invalid_argument if it is unknown or the processor lacks it.
void force_target(const std::string& name);

template <class T>
const Kernels<T>& kernels();
template <>
inline const Kernels<float>& kernels<float>() {
  return active_table().f32;
}
template <>
inline const Kernels<double>& kernels<double>() {
  return active_table().f64;
}

}  // namespace dlcore
