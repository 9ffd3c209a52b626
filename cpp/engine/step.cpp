#include "engine/step.hpp"

#include <algorithm>

#include "engine/normalization.hpp"
#include "engine/tiles.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// A slice of phase 1 takes about a tenth of a second: as often a long step can be interrupted.
constexpr double kFlopsASlice = 1e10;

// Every step each weight and its state go from one core's cache to another's. In the worst case seen (two virtual
// processors that share no cache) that costs about as much as so many flops, and must be worth it.
constexpr double kFlopsToMoveWeight = 300;

template <class T>
Gradients<T> gradients_of(const Layer<T>& layer) {
  return {Buffer<T>(layer.w_rows() * std::max(layer.units, layer.w.p.ld)), Buffer<T>(layer.units)};
}

template <class T>
std::vector<Gradients<T>> gradients_of(const Network<T>& network) {
  std::vector<Gradients<T>> gradients;
  for (const Layer<T>& layer : network.layers) gradients.push_back(gradients_of(layer));
  return gradients;
}

template <class T>
void add(Index rows, Index columns, Matrix<const T> part, Matrix<T> sum) {
  for (Index r = 0; r < rows; r++)
    for (Index j = 0; j < columns; j++) sum.row(r)[j] += part.row(r)[j];
}

}  // namespace

template <class T>
Stepper<T>::Stepper(const Network<T>& network, Index batch) : network_(network), batch_(batch), values_(batch) {
  for (const Layer<T>& layer : network.layers) weight_count_ += layer.weights();
  for (const auto& [kind, parameter] : network.metrics) {
    metric_values_.emplace_back(batch);
    metrics_need_activation_ |= network.fused_output && !is_ordinal(kind);
  }
  for (size_t l = 0; l < network.layers.size(); l++) {
    const Layer<T>& layer = network.layers[l];
    const bool kept = layer.normalizes() || batch > kChunkRows || is_shaped(network);
    gradients_.push_back(kept ? gradients_of(layer) : Gradients<T>{});
    if (layer.normalizes_batch()) cuts_.push_back(l);
  }
  if (is_shaped(network)) shaper_.emplace(network, gradients_);
}

// Workspaces of so many rows; should memory run out, none.
template <class T>
void Stepper<T>::make_room(Index rows) {
  room_ = 0;
  layers_.clear();
  x_ = OwnedMatrix<T>();
  targets_ = OwnedMatrix<T>();
  labels_ = Buffer<int64_t>();
  weights_ = Buffer<T>();
  for (const Layer<T>& layer : network_.layers) {
    const bool last = layers_.size() + 1 == network_.layers.size();
    const bool activated = !(last && network_.fused_output);
    Workspace& space = layers_.emplace_back();
    if (activated && needs_input(layer.activation.kind)) space.z = OwnedMatrix<T>(rows, layer.units);
    space.y = OwnedMatrix<T>(rows, layer.units);
    space.dz = OwnedMatrix<T>(rows, layer.units);
    if (layer.dropout.state) {
      space.input = OwnedMatrix<T>(rows, layer.inputs);
      space.kept = Buffer<Mask<T>>(rows * layer.inputs);
    }
    if (layer.normalizes())
      for (Buffer<T>* statistics : {&space.mean, &space.variance, &space.inverse})
        *statistics = Buffer<T>(layer.normalizes_batch() ? layer.units : rows);
  }
  if (metrics_need_activation_) activated_ = OwnedMatrix<T>(rows, network_.outputs());
  room_ = rows;
}

// A window is as many chunks as give each thread work: one for each, if threads go by chunks. What is normalized over
// the batch is not cut.
template <class T>
void Stepper<T>::prepare(Index batch) {
  const int threads = threads_for(batch);
  const bool by_chunks =
      cuts_.empty() && threads > 1 && batch >= kChunkRows * threads && weight_count_ * sizeof(T) <= kResidentWeights;
  window_ = std::min<Index>(batch, kChunkRows * (by_chunks ? threads : std::max(1, threads / 2)));
  if (!cuts_.empty()) window_ = batch;
  if (window_ > room_) make_room(window_);
  if (threads == threads_ && by_chunks == !parts_.empty()) return;
  threads_ = 0;  // until there is memory for all of it
  parts_.resize(by_chunks ? static_cast<size_t>(threads) : 0);
  for (std::vector<Gradients<T>>& part : parts_)
    if (part.empty()) part = gradients_of(network_);
  if (by_chunks && !shaper_) shaper_.emplace(network_, gradients_);
  if (!by_chunks && !is_shaped(network_)) shaper_.reset();
  threads_ = threads;
  cut_blocks();
}

// Memory for what has to be gathered from the data.
template <class T>
void Stepper<T>::make_room_for(const Data<T>& data) {
  if (!data.order) return;
  if (!x_.view.data) x_ = OwnedMatrix<T>(room_, network_.inputs());
  if (data.labels && !labels_.size()) labels_ = Buffer<int64_t>(room_);
  if (!data.labels && !targets_.view.data) targets_ = OwnedMatrix<T>(room_, network_.outputs());
  if (data.sample_weight && !weights_.size()) weights_ = Buffer<T>(room_);
}

template <class T>
void Stepper<T>::step(const Data<T>& data, Index first, Index rows, const Update<T>* update,
                      const std::function<void()>& look, Totals& totals) {
  const int threads = std::min(threads_, threads_for(rows));
  make_room_for(data);
  for (Index at = 0; at < rows; at += window_) {
    if (at) look();
    const Window window{first, at, std::min(window_, rows - at), rows, threads};
    if (parts_.empty()) {
      phase_1(data, window, look);
      phase_2(data, window, shaper_ ? nullptr : update);
    } else {
      by_chunks(data, window);
    }
  }
  double loss = ordered_sum(rows, values_.data());
  if (shaper_) loss += shaper_->step(update, threads) * static_cast<double>(rows);
  for (size_t l = 0; l < layers_.size(); l++) {
    const Layer<T>& layer = network_.layers[l];
    if (layer.dropout.state) layer.dropout.state[1]++;
    if (layer.normalizes_batch())
      follow(layer.normalization, layer.units, layers_[l].mean.data(), layers_[l].variance.data());
  }
  totals.steps += 1;
  totals.rows += rows;
  totals.loss += loss;
  totals.metrics.resize(metric_values_.size());
  for (size_t k = 0; k < metric_values_.size(); k++) totals.metrics[k] += ordered_sum(rows, metric_values_[k].data());
}

// body(first row, end) by tiles of rows, and a look now and then.
template <class T>
template <class Body>
void Stepper<T>::by_tiles(const Window& window, const std::function<void()>& look, const Body& body) const {
  const double flops_a_row = 4 * weight_count_;
  const Index fitting = static_cast<Index>(kFlopsASlice * window.threads / std::max(flops_a_row, 1.0));
  const Index slice = std::max(kResidentRows * window.threads, fitting / kTileRows * kTileRows);
  for (Index from = 0; from < window.rows; from += slice) {
    if (from) look();
    const Index until = std::min(window.rows, from + slice),
                tile = rows_per_tile(weight_count_ * sizeof(T), until - from, window.threads);
    loop(window.threads, flops_a_row * static_cast<double>(until - from), (until - from + tile - 1) / tile,
         [&](int64_t t, int) { body(from + t * tile, std::min(until, from + (t + 1) * tile)); });
  }
}

// From one batch normalization to the next, where there are any.
template <class T>
void Stepper<T>::phase_1(const Data<T>& data, const Window& window, const std::function<void()>& look) {
  const size_t cuts = cuts_.size();
  for (size_t s = 0; s <= cuts; s++) {
    const size_t from = s ? cuts_[s - 1] : 0, to = s < cuts ? cuts_[s] : layers_.size();
    by_tiles(window, look, [&](Index r0, Index r1) { pass_rows(data, window, from, to, r0, r1); });
    if (s == cuts) break;
    const Workspace& space = layers_[to];
    const Index units = network_.layers[to].units;
    column_moments(window.rows, units, input_of(to, data, window), space.mean.data(), space.variance.data(),
                   window.threads);
    invert_deviations(units, space.variance.data(), network_.layers[to].normalization.epsilon, space.inverse.data());
  }
  for (size_t s = cuts; s-- > 0;) {
    const size_t from = cuts_[s], to = s ? cuts_[s - 1] : 0;
    sum_gradients<T>(window.rows, network_.layers[from].units, layers_[from].dz.view, input_of(from, data, window),
                     normalized(from), gradients_[from].w.data(), gradients_[from].b.data(), window.threads);
    if (from > 0) by_tiles(window, look, [&](Index r0, Index r1) { backward(window, from, to, r0, r1); });
  }
}

// The rows of the window after this one, of this batch or the next, to be asked for by the tiles of phase 2. None if
// another thread may gather them, and none where so much goes through the cache that they would leave it again.
template <class T>
Coming<T> Stepper<T>::coming_after(const Data<T>& data, const Window& window) const {
  if (!data.order || window.threads > 1 || weight_count_ * sizeof(T) > kResidentWeights) return {};
  Index tiles = 0;
  for (const Layer<T>& layer : network_.layers)
    if (layer.units >= kPanelColumns && !layer.normalizes())
      tiles += layer.inputs * layer.units / (kTileRows * kPanelColumns) + 1;
  if (tiles == 0) return {};
  const Index from = window.first + window.at + window.rows, rows = std::min(window_, data.rows - from);
  const Index lines = (network_.inputs() * static_cast<Index>(sizeof(T)) + 63) / 64;
  return {data.x, data.order + from, rows, lines, rows * lines / tiles + 1};
}

template <class T>
void Stepper<T>::phase_2(const Data<T>& data, const Window& window, const Update<T>* update) {
  const double flops = 2 * weight_count_ * static_cast<double>(window.rows);
  Coming<T> coming = coming_after(data, window);
  Coming<T>* const asked = coming.rows > 0 ? &coming : nullptr;
  loop(window.threads, flops, static_cast<int64_t>(blocks_.size()), [&](int64_t t, int) {
    const Block& block = blocks_[static_cast<size_t>(t)];
    // A chunk after the other; with the last one of the batch the sums become the update, if there is one.
    for (Index c = 0; c < window.rows; c += kChunkRows) {
      const Index rows = std::min(kChunkRows, window.rows - c);
      const bool begins = window.is_first() && c == 0, ends = window.is_last() && c + rows == window.rows;
      update_block(data, window, block, c, rows, gradients_[block.layer], !begins, ends ? update : nullptr, asked);
    }
  });
}

// The rows of a window as a layer's weights met them.
template <class T>
Matrix<const T> Stepper<T>::input_of(size_t layer, const Data<T>& data, const Window& window) const {
  const Matrix<T>& dropped = layers_[layer].input.view;
  if (dropped.data) return dropped;
  if (layer) return layers_[layer - 1].y.view;
  return data.order ? x_.view : data.x.from(window.first + window.at);
}

// What a normalization does to the rows of the window, once their statistics are known.
template <class T>
Normalized<T> Stepper<T>::normalized(size_t layer) const {
  const Layer<T>& of = network_.layers[layer];
  return {!of.normalizes_batch(), layers_[layer].mean.data(), layers_[layer].inverse.data(), of.w.p.data, of.b.p.data};
}

// The gradients of a block over a chunk, rows of the window from c on: added to the sums if those have `begun`, kept in
// them or made the update.
template <class T>
void Stepper<T>::update_block(const Data<T>& data, const Window& window, const Block& block, Index c, Index rows,
                              const Gradients<T>& sums, bool begun, const Update<T>* update, Coming<T>* coming) {
  const Kernels<T>& kernel = kernels<T>();
  const Layer<T>& layer = network_.layers[block.layer];
  if (layer.normalizes()) return update_normalization(data, window, block, c, rows, sums, begun, update);
  const Matrix<const T> input = input_of(block.layer, data, window);
  const Matrix<const T> dz = layers_[block.layer].dz.view.from(c);
  const Matrix<T> weight_sums{sums.w.data(), layer.w.p.ld}, bias_sums{sums.b.data(), layer.units};
  const auto before = [&](Matrix<T> sums) { return begun ? Matrix<const T>(sums) : Matrix<const T>{nullptr, 0}; };
  kernel.weight_gradient(rows, input.from(c), dz, block.i0, block.i1, block.j0, block.j1, before(weight_sums), update,
                         update ? layer.w : Parameter<T>{weight_sums, {}}, scratch<T>(), coming);
  if (layer.b.p.data && block.i0 == 0)
    kernel.bias_gradient(rows, dz, block.j0, block.j1, before(bias_sums), update,
                         update ? layer.b : Parameter<T>{bias_sums, {}});
}

// The same for gamma and beta. Over a batch they have been summed in phase 1.
template <class T>
void Stepper<T>::update_normalization(const Data<T>& data, const Window& window, const Block& block, Index c,
                                      Index rows, const Gradients<T>& sums, bool begun, const Update<T>* update) {
  const Kernels<T>& kernel = kernels<T>();
  const Layer<T>& layer = network_.layers[block.layer];
  const Index n = layer.units;
  if (!layer.normalizes_batch()) {
    const Matrix<const T> dz = layers_[block.layer].dz.view.from(c);
    const Matrix<T> bias_sums{sums.b.data(), n};
    kernel.normalized_products(rows, n, dz, input_of(block.layer, data, window).from(c),
                               normalized(block.layer).from(c), begun ? sums.w.data() : nullptr, sums.w.data());
    kernel.bias_gradient(rows, dz, 0, n, begun ? Matrix<const T>(bias_sums) : Matrix<const T>{nullptr, 0}, nullptr,
                         {bias_sums, {}});
  }
  if (!update) return;
  if (layer.w.p.data) kernel.update(n, *update, layer.w.p.data, sums.w.data(), layer.w.slots);
  if (layer.b.p.data) kernel.update(n, *update, layer.b.p.data, sums.b.data(), layer.b.slots);
}

// Both phases of a chunk on one thread, in whose cache everything stays; its gradients are a part of the sums.
template <class T>
void Stepper<T>::by_chunks(const Data<T>& data, const Window& window) {
  const Index chunks = (window.rows + kChunkRows - 1) / kChunkRows, first = window.is_first() ? 1 : 0;
  loop(window.threads, 6 * weight_count_ * static_cast<double>(window.rows), chunks, [&](int64_t part, int) {
    const Index c = part * kChunkRows, rows = std::min(kChunkRows, window.rows - c);
    const Index tile = rows_per_tile(weight_count_ * sizeof(T), rows, 1);
    for (Index r = c; r < c + rows; r += tile)
      pass_rows(data, window, 0, layers_.size(), r, std::min(c + rows, r + tile));
    const std::vector<Gradients<T>>& made = part < first ? gradients_ : parts_[static_cast<size_t>(part)];
    for (size_t l = 0; l < layers_.size(); l++) {
      const Block all{static_cast<Index>(l), 0, network_.layers[l].w_rows(), 0, network_.layers[l].units};
      update_block(data, window, all, c, rows, made[l], false, nullptr, nullptr);
    }
  });
  for (Index part = first; part < chunks; part++)
    for (size_t l = 0; l < layers_.size(); l++) {
      const Layer<T>& layer = network_.layers[l];
      const Gradients<T>&made = parts_[static_cast<size_t>(part)][l], &sums = gradients_[l];
      if (layer.w.p.data)
        add<T>(layer.w_rows(), layer.units, {made.w.data(), layer.w.p.ld}, {sums.w.data(), layer.w.p.ld});
      if (layer.b.p.data) add<T>(1, layer.units, {made.b.data(), layer.units}, {sums.b.data(), layer.units});
    }
}

// All threads or one: what they save must exceed what they cost.
template <class T>
int Stepper<T>::threads_for(Index rows) const {
  const int threads = num_threads();
  const double saved = 6 * weight_count_ * static_cast<double>(rows) * (1 - 1.0 / threads);
  return saved > kFlopsToMoveWeight * weight_count_ + kFlopsWorthThreads ? threads : 1;
}

// One block a layer for a single thread; for more, blocks of columns and then of rows until there is enough to share.
template <class T>
void Stepper<T>::cut_blocks() {
  blocks_.clear();
  const double share = weight_count_ / (threads_ > 1 ? 8.0 * threads_ : 1.0);
  for (size_t l = 0; l < layers_.size(); l++) {
    const Layer<T>& layer = network_.layers[l];
    if (layer.normalizes()) {
      blocks_.push_back({static_cast<Index>(l), 0, 1, 0, layer.units});
      continue;
    }
    const auto pieces = static_cast<Index>(std::max(1.0, threads_ > 1 ? layer.weights() / share : 1.0));
    const Index panels = (layer.units + kPanelColumns - 1) / kPanelColumns;
    const Index across = std::max<Index>(1, std::min(pieces, panels)), down = (pieces + across - 1) / across;
    const Index width = round_up((layer.units + across - 1) / across, kPanelColumns);
    const Index height = std::max<Index>(kTileRows, round_up((layer.inputs + down - 1) / down, kTileRows));
    for (Index j = 0; j < layer.units; j += width)
      for (Index i = 0; i == 0 || i < layer.inputs; i += height)
        blocks_.push_back(
            {static_cast<Index>(l), i, std::min(layer.inputs, i + height), j, std::min(layer.units, j + width)});
  }
}

template class Stepper<float>;
template class Stepper<double>;

}  // namespace dlcore
