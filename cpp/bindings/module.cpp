// The compiled module: a table of contents. Each bind_*.cpp registers one subject.
#include <stdexcept>

#include "bindings/register.hpp"
#include "runtime/dispatch.hpp"

PYBIND11_MODULE(_core, module) {
  module.doc() = "dlcore's compiled core: kernels, engine and run time.";
  try {
    dlcore::active_table();
  } catch (const std::runtime_error& error) {
    throw pybind11::import_error(error.what());
  }
  dlcore::bind_runtime(module);
  dlcore::bind_kernels(module);
  dlcore::bind_normalization(module);
  dlcore::bind_engine(module);
}
