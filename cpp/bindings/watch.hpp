// What a long call does between its steps: it tells Python how far it has come, and looks for Ctrl-C.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "engine/network.hpp"

namespace dlcore {

inline pybind11::tuple totals_tuple(const Totals& totals) {
  namespace py = pybind11;
  return py::make_tuple(totals.steps, totals.rows, totals.loss, py::tuple(py::cast(totals.metrics)));
}

// Passes the totals on, if `report` is not None, and then looks for Ctrl-C, with the GIL held: who is told to stop
// knows how far it came.
inline Report watch(const pybind11::object& report) {
  namespace py = pybind11;
  return [report](const Totals& totals) {
    py::gil_scoped_acquire acquire;
    if (!report.is_none()) report(totals_tuple(totals));
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  };
}

}  // namespace dlcore
