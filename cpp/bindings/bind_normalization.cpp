// Batch and layer normalization, with the signatures of dlcore.backends.contract.Backend.
#include <cstring>

#include "bindings/arrays.hpp"
#include "bindings/register.hpp"
#include "engine/normalization.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

bool by_rows(const char* kind) {
  if (std::strcmp(kind, "layer") == 0) return true;
  if (std::strcmp(kind, "batch") == 0) return false;
  throw py::value_error(std::string("there is no normalization ") + kind);
}

template <class T>
Normalized<T> normalized_from(bool by_row, Index m, Index n, const py::array& mean, const py::array& inverse,
                              const py::object& gamma, const py::object& beta) {
  const Index count = by_row ? m : n;
  return {by_row, elements<T>(mean, count, "mean"), elements<T>(inverse, count, "inverse"),
          optional<T>(gamma, n, "gamma"), optional<T>(beta, n, "beta")};
}

void normalization_moments(const char* kind, const py::array& x, const py::array& mean, const py::array& variance) {
  const Index m = rows_of(x, "x"), n = columns_of(x, "x");
  const bool by_row = by_rows(kind);
  with_type(x, "x", [&](auto zero) {
    using T = decltype(zero);
    const auto in = matrix<T>(x, m, n, "x");
    T* const means = writeable<T>(mean, by_row ? m : n, "mean");
    T* const variances = writeable<T>(variance, by_row ? m : n, "variance");
    py::gil_scoped_release release;
    if (by_row)
      kernels<T>().row_moments(m, n, in, means, variances);
    else
      column_moments(m, n, in, means, variances, num_threads());
  });
}

void normalization_forward(const char* kind, const py::array& x, const py::array& mean, const py::array& inverse,
                           const py::object& gamma, const py::object& beta, const py::array& y) {
  const Index m = rows_of(x, "x"), n = columns_of(x, "x");
  with_type(x, "x", [&](auto zero) {
    using T = decltype(zero);
    const auto in = matrix<T>(x, m, n, "x");
    const auto by = normalized_from<T>(by_rows(kind), m, n, mean, inverse, gamma, beta);
    const auto out = out_matrix<T>(y, m, n, "y");
    py::gil_scoped_release release;
    kernels<T>().normalize(m, n, in, by, out);
  });
}

void normalization_backward(const char* kind, const py::array& dy, const py::array& x, const py::array& mean,
                            const py::array& inverse, const py::object& gamma, const py::object& dx,
                            const py::array& dgamma, const py::array& dbeta) {
  const Index m = rows_of(x, "x"), n = columns_of(x, "x");
  with_type(x, "x", [&](auto zero) {
    using T = decltype(zero);
    const auto upper = matrix<T>(dy, m, n, "dy"), in = matrix<T>(x, m, n, "x");
    const auto by = normalized_from<T>(by_rows(kind), m, n, mean, inverse, gamma, py::none());
    const Matrix<T> to_x{optional_out<T>(dx, m * n, "dx"), n};
    T *const to_gamma = writeable<T>(dgamma, n, "dgamma"), *const to_beta = writeable<T>(dbeta, n, "dbeta");
    py::gil_scoped_release release;
    sum_gradients<T>(m, n, upper, in, by, to_gamma, to_beta, num_threads());
    if (to_x.data) kernels<T>().normalize_gradient(m, n, upper, in, by, m, to_gamma, to_beta, to_x);
  });
}

}  // namespace

void bind_normalization(py::module_& module) {
  using namespace pybind11::literals;
  module.def("normalization_moments", &normalization_moments, "kind"_a, "x"_a, "mean"_a, "variance"_a);
  module.def("normalization_forward", &normalization_forward, "kind"_a, "x"_a, "mean"_a, "inverse"_a, "gamma"_a,
             "beta"_a, "y"_a);
  module.def("normalization_backward", &normalization_backward, "kind"_a, "dy"_a, "x"_a, "mean"_a, "inverse"_a,
             "gamma"_a, "dx"_a, "dgamma"_a, "dbeta"_a);
}

}  // namespace dlcore
