// The forward pass alone: predict and evaluate, by tiles of rows.
#include <algorithm>

#include "engine/engine.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// Rows of a tile: enough to use a weight often once it is in a register, few enough to keep activations in cache.
constexpr Index kForwardRows = 96;

}  // namespace

template <class T>
void Engine<T>::reserve_scratch(Index rows) {
  const auto workers = static_cast<size_t>(num_threads());
  rows = std::min(rows, kForwardRows);
  if (scratch_.size() >= workers && scratch_rows_ >= rows) return;
  Index widest = 0;
  for (const Layer<T>& layer : network_.layers) widest = std::max(widest, layer.units);
  scratch_.clear();
  for (size_t w = 0; w < workers; w++)
    scratch_.push_back({OwnedMatrix<T>(rows, widest), OwnedMatrix<T>(rows, widest)});
  scratch_rows_ = rows;
}

template <class T>
void Engine<T>::run_forward(Index rows, Matrix<const T> x, Matrix<T> out, bool activate_output, int worker) {
  const Kernels<T>& kernel = kernels<T>();
  const size_t count = network_.layers.size();
  for (size_t l = 0; l < count; l++) {
    const Layer<T>& layer = network_.layers[l];
    const bool last = l + 1 == count;
    const ActivationOf<T> activation = last && !activate_output ? ActivationOf<T>{Activation::linear, 0} : layer.activation;
    const Matrix<T> y = last ? out : scratch_[static_cast<size_t>(worker)][l % 2].view;
    kernel.dense(rows, layer.inputs, layer.units, x, {layer.w.p.data, layer.w.p.ld}, layer.b.p.data, activation,
                 {nullptr, 0}, y);
    if (is_rowwise(activation.kind)) kernel.activate(rows, layer.units, activation, {y.data, y.ld}, y);
    x = {y.data, y.ld};
  }
}

template <class T>
void Engine<T>::predict(Index rows, Matrix<const T> x, Matrix<T> out) {
  std::lock_guard<std::mutex> lock(mutex_);
  reserve_scratch(rows);
  double flops = 0;
  for (const Layer<T>& layer : network_.layers) flops += 2.0 * static_cast<double>(layer.inputs * layer.units * rows);
  loop(flops, (rows + kForwardRows - 1) / kForwardRows, [&](int64_t tile, int worker) {
    const Index first = tile * kForwardRows;
    run_forward(std::min(kForwardRows, rows - first), {x.row(first), x.ld}, {out.row(first), out.ld}, true, worker);
  });
}

template <class T>
Totals Engine<T>::evaluate(const Data<T>& data, Index batch, const Report& report) {
  std::lock_guard<std::mutex> lock(mutex_);
  reserve_scratch(kForwardRows);
  const Kernels<T>& kernel = kernels<T>();
  const Index n = network_.outputs();
  const ActivationOf<T> activation = network_.layers.back().activation;
  // Rows are done a block at a time, so that a report can come between, whatever batch the caller thinks in.
  const Index block = kForwardRows * 64;
  OwnedMatrix<T> out(std::min(block, data.rows), n);
  Buffer<T> values(std::min(block, data.rows) * static_cast<Index>(network_.metrics.size() + 1));
  Totals totals;
  totals.metrics.resize(network_.metrics.size());
  for (Index first = 0; first < data.rows; first += block) {
    const Index rows = std::min(block, data.rows - first);
    loop(2e4 * static_cast<double>(rows), (rows + kForwardRows - 1) / kForwardRows, [&](int64_t tile, int worker) {
      const Index r0 = tile * kForwardRows, m = std::min(kForwardRows, rows - r0), at = first + r0;
      const Matrix<T> y{out.view.row(r0), out.view.ld};
      const Matrix<const T> targets = data.labels ? data.targets : Matrix<const T>{data.targets.row(at), data.targets.ld};
      const int64_t* labels = data.labels ? data.labels + at : nullptr;
      run_forward(m, {data.x.row(at), data.x.ld}, y, !network_.fused_output, worker);
      kernel.loss(network_.loss, m, n, targets, labels, {y.data, y.ld}, data.sample_weight ? data.sample_weight + at : nullptr,
                  network_.loss_parameter, 0, values.data() + r0, {nullptr, 0});
      if (network_.fused_output && !network_.metrics.empty()) kernel.activate(m, n, activation, {y.data, y.ld}, y);
      for (size_t k = 0; k < network_.metrics.size(); k++)
        kernel.metric(network_.metrics[k].first, m, n, targets, labels, {y.data, y.ld}, nullptr,
                      network_.metrics[k].second, values.data() + (static_cast<Index>(k) + 1) * rows + r0);
    });
    totals.rows += rows;
    totals.loss += ordered_sum(rows, values.data());
    for (size_t k = 0; k < network_.metrics.size(); k++)
      totals.metrics[k] += ordered_sum(rows, values.data() + (static_cast<Index>(k) + 1) * rows);
    report(totals);
  }
  totals.steps = (data.rows + batch - 1) / batch;
  return totals;
}

template class Engine<float>;
template class Engine<double>;

}  // namespace dlcore
