// A network's output without ceremony: a callable that Python reaches by the vector-call protocol.
#pragma once

#include <memory>
#include <variant>

#include "bindings/arrays.hpp"
#include "engine/engine.hpp"

namespace dlcore {

using AnyEngine = std::variant<std::unique_ptr<Engine<float>>, std::unique_ptr<Engine<double>>>;

// predictor(x, out): what the engine takes as it is, it computes at once; all else goes to `otherwise`, a callable of
// the same arguments that converts or refuses. `owner` keeps the engine alive.
py::object make_predictor(const AnyEngine& engine, const py::object& owner, const py::object& otherwise);

}  // namespace dlcore
