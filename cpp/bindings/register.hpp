#pragma once

#include <pybind11/pybind11.h>

namespace dlcore {

void bind_runtime(pybind11::module_& module);
void bind_kernels(pybind11::module_& module);
void bind_normalization(pybind11::module_& module);
void bind_engine(pybind11::module_& module);

}  // namespace dlcore
