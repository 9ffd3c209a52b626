// The forward pass alone: predict and evaluate, by tiles of rows.
#include <algorithm>

#include "engine/engine.hpp"
#include "engine/normalization.hpp"
#include "engine/shaping.hpp"
#include "engine/tiles.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// Flops and rows between two looks for an interrupt: a tenth of a second at most.
constexpr double kFlopsBetweenLooks = 5e9;
constexpr Index kRowsBetweenLooks = 32 * kLargeRows;

}  // namespace

template <class T>
void Engine<T>::reserve_scratch(Index rows, int threads) {
  rows = std::min(rows, kLargeRows);
  if (scratch_.size() >= static_cast<size_t>(threads) && scratch_rows_ >= rows) return;
  rows = std::max(rows, scratch_rows_);
  Index widest = 0;
  for (const Layer<T>& layer : network_.layers) widest = std::max(widest, layer.units);
  std::vector<std::array<OwnedMatrix<T>, 2>> made;
  for (int w = 0; w < threads; w++) made.push_back({OwnedMatrix<T>(rows, widest), OwnedMatrix<T>(rows, widest)});
  scratch_ = std::move(made);
  scratch_rows_ = rows;
}

template <class T>
void Engine<T>::run_forward(Index rows, Matrix<const T> x, Matrix<T> out, bool activate_output, int worker) {
  const Kernels<T>& kernel = kernels<T>();
  const size_t count = network_.layers.size();
  for (size_t l = 0; l < count; l++) {
    const Layer<T>& layer = network_.layers[l];
    const bool last = l + 1 == count;
    const ActivationOf<T> activation =
        last && !activate_output ? ActivationOf<T>{Activation::linear, 0} : layer.activation;
    const Matrix<T> y = last ? out : scratch_[static_cast<size_t>(worker)][l % 2].view;
    if (layer.normalizes())
      normalize_rows(l, rows, x, y);
    else
      kernel.dense(rows, layer.inputs, layer.units, x, layer.w.p, layer.b.p.data, activation, {nullptr, 0}, y,
                   scratch<T>());
    const bool apart = layer.normalizes() ? activation.kind != Activation::linear : is_rowwise(activation.kind);
    if (apart) kernel.activate(rows, layer.units, activation, y, y);
    x = y;
  }
}

// The columns by the moving statistics, which are folded, or each row by its own.
template <class T>
void Engine<T>::normalize_rows(size_t l, Index rows, Matrix<const T> x, Matrix<T> y) const {
  const Kernels<T>& kernel = kernels<T>();
  const Layer<T>& layer = network_.layers[l];
  if (layer.normalizes_batch())
    return kernel.scale_and_shift(rows, layer.units, x, folded_[l][0].data(), folded_[l][1].data(), y);
  T *const mean = scratch<T>(), *const variance = mean + rows, *const inverse = variance + rows;
  kernel.row_moments(rows, layer.units, x, mean, variance);
  invert_deviations(rows, variance, layer.normalization.epsilon, inverse);
  kernel.normalize(rows, layer.units, x, {true, mean, inverse, layer.w.p.data, layer.b.p.data}, y);
}

template <class T>
void Engine<T>::fold() {
  folded_.resize(network_.layers.size());
  for (size_t l = 0; l < folded_.size(); l++) {
    const Layer<T>& layer = network_.layers[l];
    if (!layer.normalizes_batch()) continue;
    for (Buffer<T>& column : folded_[l])
      if (!column.size()) column = Buffer<T>(layer.units);
    fold_statistics<T>(layer.normalization, layer.units, layer.w.p.data, layer.b.p.data, folded_[l][0].data(),
                       folded_[l][1].data());
  }
}

template <class T>
double Engine<T>::flops(Index rows) const {
  double sum = 0;
  for (const Layer<T>& layer : network_.layers) sum += 2 * layer.weights() * static_cast<double>(rows);
  return sum;
}

template <class T>
double Engine<T>::weight_bytes() const {
  return flops(1) / 2 * sizeof(T);
}

template <class T>
Index Engine<T>::rows_between_looks() const {
  const auto fitting = static_cast<Index>(kFlopsBetweenLooks / std::max(flops(1), 1.0));
  return std::clamp(fitting / kLargeRows * kLargeRows, kLargeRows, kRowsBetweenLooks);
}

template <class T>
void Engine<T>::predict(Index rows, Matrix<const T> x, Matrix<T> out, const Report& report) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int threads = num_threads();
  reserve_scratch(rows, threads);
  fold();
  const Index step = rows_between_looks();
  for (Index block = 0; block < rows; block += step) {
    if (block) report({});
    const Index count = std::min(step, rows - block);
    const Index share = rows_per_tile(weight_bytes(), count, threads);
    loop(threads, flops(count), (count + share - 1) / share, [&](int64_t tile, int worker) {
      const Index r0 = tile * share, at = block + r0;
      run_forward(std::min(share, count - r0), x.from(at), out.from(at), true, worker);
    });
  }
}

template <class T>
bool Engine<T>::predict_at_once(Index rows, Matrix<const T> x, Matrix<T> out) {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock || rows > kResidentRows) return false;
  reserve_scratch(rows, 1);
  fold();
  run_forward(rows, x, out, true, 0);
  return true;
}

template <class T>
Totals Engine<T>::evaluate(const Data<T>& data, Index batch, const Report& report) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int threads = num_threads();
  reserve_scratch(kLargeRows, threads);
  fold();
  const Kernels<T>& kernel = kernels<T>();
  const Index n = network_.outputs();
  const size_t metrics = network_.metrics.size(), last = network_.layers.size() - 1;
  const ActivationOf<T> activation = network_.layers.back().activation;
  std::vector<Buffer<T>> values;
  for (size_t k = 0; k <= metrics; k++) values.emplace_back(data.rows);
  Totals totals;
  totals.metrics.resize(metrics);
  const Index step = rows_between_looks();
  for (Index block = 0; block < data.rows; block += step) {
    const Index rows = std::min(step, data.rows - block);
    const Index share = rows_per_tile(weight_bytes(), rows, threads);
    loop(threads, flops(rows), (rows + share - 1) / share, [&](int64_t tile, int worker) {
      const Index r0 = tile * share, m = std::min(share, rows - r0), at = block + r0;
      const Matrix<T> y = scratch_[static_cast<size_t>(worker)][last % 2].view;
      const Matrix<const T> out = y;
      const Matrix<const T> targets = data.targets.from(at);
      const int64_t* labels = data.labels ? data.labels + at : nullptr;
      const T* weights = data.sample_weight ? data.sample_weight + at : nullptr;
      run_forward(m, data.x.from(at), y, !network_.fused_output, worker);
      kernel.loss(network_.loss, m, n, targets, labels, out, weights, network_.loss_parameter, 0, values[0].data() + at,
                  {nullptr, 0});
      if (network_.fused_output && metrics > 0) kernel.activate(m, n, activation, out, y);
      for (size_t k = 0; k < metrics; k++) {
        const auto& [kind, parameter] = network_.metrics[k];
        kernel.metric(kind, m, n, targets, labels, out, nullptr, parameter, values[k + 1].data() + at);
      }
    });
    report(totals);
  }
  const double added = penalty(network_);
  for (Index first = 0; first < data.rows; first += batch) {
    const Index rows = std::min(batch, data.rows - first);
    totals.steps += 1;
    totals.rows += rows;
    totals.loss += ordered_sum(rows, values[0].data() + first) + added * static_cast<double>(rows);
    for (size_t k = 0; k < metrics; k++) totals.metrics[k] += ordered_sum(rows, values[k + 1].data() + first);
  }
  return totals;
}

template class Engine<float>;
template class Engine<double>;

}  // namespace dlcore
