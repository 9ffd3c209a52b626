// network.Hyper as the core's own, and the slots an update needs.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "engine/network.hpp"

namespace dlcore {

inline Hyper hyper_from(const pybind11::tuple& hyper) {
  if (hyper.size() != 12) throw pybind11::value_error("hyper is not a network.Hyper");
  const auto number = [&](size_t i) { return hyper[i].cast<double>(); };
  return {number(0), number(1), number(2),  number(3), number(4), number(5), number(6), hyper[7].cast<int64_t>(),
          number(8), number(9), number(10), number(11)};
}

inline void require_slots(UpdateKind kind, size_t given) {
  const size_t needed = static_cast<size_t>(slots_of(kind));
  if (given != needed)
    throw pybind11::value_error("the update needs " + std::to_string(needed) + " state arrays, not " +
                                std::to_string(given));
}

}  // namespace dlcore
