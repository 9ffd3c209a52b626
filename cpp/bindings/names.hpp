// The names of the manifest's families, and an enumerator by its name.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>

#include "manifest.hpp"

namespace dlcore {

#define DLCORE_STRING(name) #name,
inline constexpr const char* kActivationNames[] = {DLCORE_ACTIVATIONS(DLCORE_STRING)};
inline constexpr const char* kLossNames[] = {DLCORE_LOSSES(DLCORE_STRING)};
inline constexpr const char* kMetricNames[] = {DLCORE_METRICS(DLCORE_STRING)};
inline constexpr const char* kUpdateNames[] = {DLCORE_UPDATES(DLCORE_STRING)};
#undef DLCORE_STRING

template <class Enum, size_t N>
Enum by_name(const char* const (&names)[N], const char* family, const char* name) {
  for (size_t i = 0; i < N; i++)
    if (std::strcmp(names[i], name) == 0) return static_cast<Enum>(i);
  throw std::invalid_argument(std::string("unknown ") + family + " '" + name + "'");
}

inline Activation activation_named(const char* name) {
  return by_name<Activation>(kActivationNames, "activation", name);
}
inline Loss loss_named(const char* name) { return by_name<Loss>(kLossNames, "loss", name); }
inline Metric metric_named(const char* name) { return by_name<Metric>(kMetricNames, "metric", name); }
inline UpdateKind update_named(const char* name) { return by_name<UpdateKind>(kUpdateNames, "update", name); }

}  // namespace dlcore
