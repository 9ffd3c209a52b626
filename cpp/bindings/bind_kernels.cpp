// The kernels one by one, with the signatures of dlcore.backends.contract.Backend.
#include <algorithm>

#include "bindings/arrays.hpp"
#include "bindings/hyper.hpp"
#include "bindings/names.hpp"
#include "bindings/register.hpp"
#include "engine/network.hpp"
#include "engine/sums.hpp"
#include "engine/tiles.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// body(first row, rows) over tiles of rows, two a thread, in parallel if the work is worth it.
template <class Body>
void over_rows(double flops, Index rows, const Body& body) {
  const int threads = flops < kFlopsWorthThreads ? 1 : num_threads();
  const Index tile = threads == 1 ? std::max<Index>(rows, 1) : rows_of_task(rows, 2 * threads, rows);
  const Index tiles = std::max<Index>(1, (rows + tile - 1) / tile);
  loop(num_threads(), flops, tiles, [&](int64_t t, int) { body(t * tile, std::min(tile, rows - t * tile)); });
}

// Elements a transcendental costs about as much as.
constexpr double kFlopsAnElement = 20;

void dense_forward(const py::array& x, const py::array& w, const py::object& b, const char* activation, double alpha,
                   const py::object& z, const py::array& y) {
  const Index m = rows_of(x, "x"), k = columns_of(x, "x"), n = columns_of(w, "w");
  const Activation kind = activation_named(activation);
  with_type(y, "y", [&](auto zero) {
    using T = decltype(zero);
    const auto in = matrix<T>(x, m, k, "x");
    const auto weights = spaced<T>(w, k, n, "w");
    const T* bias = optional<T>(b, n, "b");
    const Matrix<T> pre{optional_out<T>(z, m * n, "z"), n}, out = out_matrix<T>(y, m, n, "y");
    const ActivationOf<T> act{kind, static_cast<T>(alpha)};
    py::gil_scoped_release release;
    const Kernels<T>& kernel = kernels<T>();
    over_rows(2.0 * static_cast<double>(m * k * n), m, [&](Index r, Index rows) {
      kernel.dense(rows, k, n, in.from(r), weights, bias, act, pre.from(r), out.from(r), scratch<T>());
      if (is_rowwise(kind)) {
        const Matrix<T> done = out.from(r);
        kernel.activate(rows, n, act, done, done);
      }
    });
  });
}

void dense_backward(const py::array& dy, const py::array& x, const py::array& w, const py::object& z,
                    const py::array& y, const char* activation, double alpha, const py::array& dz, const py::object& dx,
                    const py::object& dw, const py::object& db) {
  const Index m = rows_of(x, "x"), k = columns_of(x, "x"), n = columns_of(w, "w");
  const Activation kind = activation_named(activation);
  with_type(dy, "dy", [&](auto zero) {
    using T = decltype(zero);
    const auto upper = matrix<T>(dy, m, n, "dy"), in = matrix<T>(x, m, k, "x"), weights = spaced<T>(w, k, n, "w");
    const auto out = matrix<T>(y, m, n, "y");
    const Matrix<const T> pre{optional<T>(z, m * n, "z"), n};
    const Matrix<T> delta = out_matrix<T>(dz, m, n, "dz");
    const Matrix<T> to_x{optional_out<T>(dx, m * k, "dx"), k}, to_w{optional_out<T>(dw, k * n, "dw"), n};
    const Matrix<T> to_b{optional_out<T>(db, n, "db"), n};
    if (needs_input(kind) && !pre.data) throw py::value_error("z is needed for this activation");
    py::gil_scoped_release release;
    const Kernels<T>& kernel = kernels<T>();
    const double flops = 2.0 * static_cast<double>(m * k * n);
    over_rows(to_x.data ? flops : kFlopsAnElement * static_cast<double>(m * n), m, [&](Index r, Index rows) {
      const Matrix<T> part = delta.from(r);
      kernel.activation_gradient(rows, n, {kind, static_cast<T>(alpha)}, upper.from(r), pre.from(r), out.from(r), part);
      if (to_x.data)
        kernel.input_gradient(rows, k, n, part, weights, {Activation::linear, 0}, {nullptr, 0}, {nullptr, 0},
                              to_x.from(r), scratch<T>());
    });
    const Matrix<const T> done = delta, none{nullptr, 0};
    for (Index c = 0; c == 0 || c < m; c += kChunkRows) {
      const Index rows = std::min(kChunkRows, m - c);
      const double flops_of_chunk = 2.0 * static_cast<double>(rows * k * n);
      if (to_w.data)
        over_rows(flops_of_chunk, k, [&](Index i, Index inputs) {
          kernel.weight_gradient(rows, in.from(c), done.from(c), i, i + inputs, 0, n, c ? Matrix<const T>(to_w) : none,
                                 nullptr, {to_w, {}}, scratch<T>(), nullptr);
        });
      if (to_b.data)
        kernel.bias_gradient(rows, done.from(c), 0, n, c ? Matrix<const T>(to_b) : none, nullptr, {to_b, {}});
    }
  });
}

void activation_forward(const char* activation, double alpha, const py::array& z, const py::array& y) {
  const Index m = rows_of(z, "z"), n = columns_of(z, "z");
  const Activation kind = activation_named(activation);
  with_type(y, "y", [&](auto zero) {
    using T = decltype(zero);
    const auto in = matrix<T>(z, m, n, "z");
    const auto out = out_matrix<T>(y, m, n, "y");
    py::gil_scoped_release release;
    over_rows(kFlopsAnElement * static_cast<double>(m * n), m, [&](Index r, Index rows) {
      kernels<T>().activate(rows, n, {kind, static_cast<T>(alpha)}, in.from(r), out.from(r));
    });
  });
}

void activation_backward(const char* activation, double alpha, const py::array& dy, const py::object& z,
                         const py::array& y, const py::array& dz) {
  const Index m = rows_of(dy, "dy"), n = columns_of(dy, "dy");
  const Activation kind = activation_named(activation);
  with_type(dz, "dz", [&](auto zero) {
    using T = decltype(zero);
    const auto upper = matrix<T>(dy, m, n, "dy"), value = matrix<T>(y, m, n, "y");
    const Matrix<const T> pre{optional<T>(z, m * n, "z"), n};
    const auto out = out_matrix<T>(dz, m, n, "dz");
    if (needs_input(kind) && !pre.data) throw py::value_error("z is needed for this activation");
    py::gil_scoped_release release;
    over_rows(kFlopsAnElement * static_cast<double>(m * n), m, [&](Index r, Index rows) {
      kernels<T>().activation_gradient(rows, n, {kind, static_cast<T>(alpha)}, upper.from(r), pre.from(r),
                                       value.from(r), out.from(r));
    });
  });
}

// Targets of the prediction's type, or int64 labels.
template <class T>
struct Truth {
  Matrix<const T> targets{nullptr, 0};
  const int64_t* labels = nullptr;

  Truth(const py::array& y_true, Index m, Index n, bool sparse) {
    if (sparse) {
      labels = elements<int64_t>(y_true, m, "y_true");
      for (Index i = 0; i < m; i++)
        if (labels[i] < 0 || labels[i] >= n) throw py::value_error("y_true holds a label outside [0, classes)");
    } else {
      targets = matrix<T>(y_true, m, n, "y_true");
    }
  }
  const int64_t* labels_from(Index row) const { return labels ? labels + row : nullptr; }
};

double loss(const char* name, const py::array& y_true, const py::array& y_pred, const py::object& sample_weight,
            double parameter, double scale, const py::array& values, const py::object& grad) {
  const Index m = rows_of(y_pred, "y_pred"), n = columns_of(y_pred, "y_pred");
  const Loss kind = loss_named(name);
  return with_type(y_pred, "y_pred", [&](auto zero) {
    using T = decltype(zero);
    const Truth<T> truth(y_true, m, n, is_sparse(kind));
    const auto prediction = matrix<T>(y_pred, m, n, "y_pred");
    const T* weights = optional<T>(sample_weight, m, "sample_weight");
    T* const out = writeable<T>(values, m, "values");
    const Matrix<T> gradient{optional_out<T>(grad, m * n, "grad"), n};
    py::gil_scoped_release release;
    over_rows(kFlopsAnElement * static_cast<double>(m * n), m, [&](Index r, Index rows) {
      kernels<T>().loss(kind, rows, n, truth.targets.from(r), truth.labels_from(r), prediction.from(r),
                        weights ? weights + r : nullptr, static_cast<T>(parameter), static_cast<T>(scale), out + r,
                        gradient.from(r));
    });
    return ordered_sum(m, out);
  });
}

double metric(const char* name, const py::array& y_true, const py::array& y_pred, const py::object& sample_weight,
              double parameter, const py::array& values) {
  const Index m = rows_of(y_pred, "y_pred"), n = columns_of(y_pred, "y_pred");
  const Metric kind = metric_named(name);
  return with_type(y_pred, "y_pred", [&](auto zero) {
    using T = decltype(zero);
    const Truth<T> truth(y_true, m, n, is_sparse(kind));
    const auto prediction = matrix<T>(y_pred, m, n, "y_pred");
    const T* weights = optional<T>(sample_weight, m, "sample_weight");
    T* const out = writeable<T>(values, m, "values");
    py::gil_scoped_release release;
    kernels<T>().metric(kind, m, n, truth.targets, truth.labels, prediction, weights, static_cast<T>(parameter), out);
    return ordered_sum(m, out);
  });
}

void update(const char* name, const py::array& p, const py::array& g, const py::sequence& slots,
            const py::tuple& hyper) {
  const UpdateKind kind = update_named(name);
  const Hyper numbers = hyper_from(hyper);
  with_type(p, "p", [&](auto zero) {
    using T = decltype(zero);
    // One long row, or the rows of a matrix that lie apart.
    const Index rows = is_packed(p) ? 1 : rows_of(p, "p"), n = rows ? p.size() / rows : 0;
    const Matrix<T> parameter = out_spaced<T>(p, rows, n, "p");
    const T* const gradient = elements<T>(g, p.size(), "g");
    T* state[3] = {};
    require_slots(kind, slots.size());
    for (size_t s = 0; s < slots.size(); s++) {
      const Matrix<T> slot = out_spaced<T>(as_array(slots[s], "slots"), rows, n, "slots");
      if (slot.ld != parameter.ld) throw py::value_error("slots are not laid out as p");
      state[s] = slot.data;
    }
    py::gil_scoped_release release;
    const Update<T> step = make_update<T>(kind, numbers);
    for (Index r = 0; r < rows; r++) {
      over_rows(kFlopsAnElement * static_cast<double>(n), n, [&](Index i, Index count) {
        T* part[3] = {};
        for (size_t s = 0; s < 3; s++) part[s] = state[s] ? state[s] + r * parameter.ld + i : nullptr;
        kernels<T>().update(count, step, parameter.row(r) + i, gradient + r * n + i, part);
      });
    }
  });
}

// Not a kernel, but asked for where kernels are: the sum that the engine's norms and penalties are made of.
double sum_of_array(Term term, const py::array& x) {
  return with_type(x, "x", [&](auto zero) {
    using T = decltype(zero);
    // A matrix by rows, which may lie apart, and anything else as one long row.
    const bool flat = x.ndim() != 2;
    const Index rows = flat ? 1 : x.shape(0), columns = flat ? x.size() : x.shape(1);
    const Matrix<const T> values =
        flat ? Matrix<const T>{elements<T>(x, columns, "x"), columns} : spaced<T>(x, rows, columns, "x");
    py::gil_scoped_release release;
    return sum_of(term, rows, columns, values);
  });
}
double sum_of_absolutes(const py::array& x) { return sum_of_array(Term::absolute, x); }
double sum_of_squares(const py::array& x) { return sum_of_array(Term::square, x); }

void weighted_average(const py::array& y, double beta, bool bias_correction, const py::array& out) {
  with_type(out, "out", [&](auto zero) {
    using T = decltype(zero);
    const T* const series = elements<T>(y, y.size(), "y");
    T* const average = writeable<T>(out, y.size(), "out");
    const Index n = y.size();
    py::gil_scoped_release release;
    kernels<T>().weighted_average(n, series, static_cast<T>(beta), bias_correction, average);
  });
}

bool all_finite(const py::array& x) {
  return with_type(x, "x", [&](auto zero) {
    using T = decltype(zero);
    const Index n = x.size();
    const T* const numbers = elements<T>(x, n, "x");
    py::gil_scoped_release release;
    return kernels<T>().all_finite(n, numbers);
  });
}

}  // namespace

void bind_kernels(py::module_& module) {
  using namespace pybind11::literals;
  module.def("dense_forward", &dense_forward, "x"_a, "w"_a, "b"_a, "activation"_a, "alpha"_a, "z"_a, "y"_a);
  module.def("dense_backward", &dense_backward, "dy"_a, "x"_a, "w"_a, "z"_a, "y"_a, "activation"_a, "alpha"_a, "dz"_a,
             "dx"_a, "dw"_a, "db"_a);
  module.def("activation_forward", &activation_forward, "activation"_a, "alpha"_a, "z"_a, "y"_a);
  module.def("activation_backward", &activation_backward, "activation"_a, "alpha"_a, "dy"_a, "z"_a, "y"_a, "dz"_a);
  module.def("loss", &loss, "kind"_a, "y_true"_a, "y_pred"_a, "sample_weight"_a, "parameter"_a, "scale"_a, "values"_a,
             "grad"_a);
  module.def("metric", &metric, "kind"_a, "y_true"_a, "y_pred"_a, "sample_weight"_a, "parameter"_a, "values"_a);
  module.def("update", &update, "kind"_a, "p"_a, "g"_a, "slots"_a, "hyper"_a);
  module.def("sum_of_absolutes", &sum_of_absolutes, "x"_a);
  module.def("sum_of_squares", &sum_of_squares, "x"_a);
  module.def("all_finite", &all_finite, "x"_a);
  module.def("weighted_average", &weighted_average, "y"_a, "beta"_a, "bias_correction"_a, "out"_a);
}

}  // namespace dlcore
