#include "engine/shaping.hpp"

#include <algorithm>
#include <cmath>

#include "engine/sums.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// About what an element costs in phase 3, in flops.
constexpr double kFlopsAnElement = 20;

template <class T>
bool is_regularized(const Traits<T>& traits) {
  return traits.l1 != 0 || traits.l2 != 0;
}

// l1 · Σ |p| + l2 · Σ p². A term whose factor is 0 is left out, here and in the slope.
template <class T>
double penalty_of(const Traits<T>& traits, double absolutes, double squares) {
  double value = 0;
  if (traits.l1 != 0) value = static_cast<double>(traits.l1) * absolutes;
  if (traits.l2 != 0) value += static_cast<double>(traits.l2) * squares;
  return value;
}

// g += l1 · sign(p) + 2 · l2 · p.
template <class T>
void add_slope(Index n, const Traits<T>& traits, const T* p, T* g) {
  const T l1 = traits.l1, twice = traits.l2 + traits.l2;
  const auto add = [&](const auto& slope) {
    for (Index i = 0; i < n; i++) g[i] += slope(p[i]);
  };
  const auto pull = [l1](T w) { return l1 * (w > 0 ? T(1) : w < 0 ? T(-1) : w == 0 ? T(0) : w); };
  const auto shrink = [twice](T w) { return w * twice; };
  if (l1 != 0 && twice != 0)
    add([&](T w) { return pull(w) + shrink(w); });
  else if (l1 != 0)
    add(pull);
  else if (twice != 0)
    add(shrink);
}

// Adds the gradient to what has gathered. With the last of so many, the gradient becomes the mean of all.
template <class T>
void gather(Index n, int64_t steps, bool completes, T* gathered, T* g) {
  const T count = static_cast<T>(steps);
  for (Index i = 0; i < n; i++) {
    const T sum = gathered[i] + g[i];
    gathered[i] = completes ? T(0) : sum;
    g[i] = sum / count;
  }
}

// Within [-bound, bound]; NaN stays.
template <class T>
void clip(Index n, T bound, T* g) {
  for (Index i = 0; i < n; i++) g[i] = g[i] < -bound ? -bound : g[i] > bound ? bound : g[i];
}

// body(offset, count) for the elements of some rows: all at once where nothing lies between the rows.
template <class Body>
void over_runs(Index row, Index rows, Index columns, Index ld, const Body& body) {
  if (ld == columns) return body(row * ld, rows * columns);
  for (Index r = row; r < row + rows; r++) body(r * ld, columns);
}

}  // namespace

template <class T>
bool is_shaped(const Network<T>& network) {
  const Shaping& asked = network.shaping;
  const bool regularized = std::any_of(network.layers.begin(), network.layers.end(), [](const Layer<T>& layer) {
    return is_regularized(layer.w_traits) || is_regularized(layer.b_traits);
  });
  return regularized || asked.accumulation_steps > 1 || asked.clipvalue > 0 || asked.clipnorm > 0 ||
         asked.global_clipnorm > 0;
}

template <class T>
double penalty(const Network<T>& network) {
  double total = 0;
  const auto add = [&](Index rows, Index columns, Matrix<const T> p, const Traits<T>& traits) {
    const double absolutes = traits.l1 != 0 ? sum_of(Term::absolute, rows, columns, p) : 0;
    const double squares = traits.l2 != 0 ? sum_of(Term::square, rows, columns, p) : 0;
    total += penalty_of(traits, absolutes, squares);
  };
  for (const Layer<T>& layer : network.layers) {
    if (layer.w.p.data) add(layer.w_rows(), layer.units, layer.w.p, layer.w_traits);
    if (layer.b.p.data) add(1, layer.units, layer.b.p, layer.b_traits);
  }
  return total;
}

template <class T>
Shaper<T>::Shaper(const Network<T>& network, const std::vector<Gradients<T>>& gradients) : shaping_(network.shaping) {
  for (size_t l = 0; l < network.layers.size(); l++) {
    const Layer<T>& layer = network.layers[l];
    if (layer.w.p.data) add(layer.w_rows(), layer.units, layer.w, layer.w_traits, gradients[l].w.data());
    if (layer.b.p.data) add(1, layer.units, layer.b, layer.b_traits, gradients[l].b.data());
  }
}

template <class T>
void Shaper<T>::add(Index rows, Index columns, const Parameter<T>& parameter, const Traits<T>& traits, T* gradient) {
  const Index step = rows_of_piece(columns);
  const size_t first = pieces_.size();
  for (Index r = 0; r < rows; r += step) pieces_.push_back({subjects_.size(), r, std::min(step, rows - r)});
  subjects_.push_back({columns, parameter, traits, gradient, first, pieces_.size()});
  elements_ += static_cast<double>(rows) * static_cast<double>(columns);
}

// A bound on norms needs the sums of all pieces before the first update; else a piece stays in cache for both.
template <class T>
double Shaper<T>::step(const Update<T>* update, int threads) {
  const bool by_norm = update && (shaping_.clipnorm > 0 || shaping_.global_clipnorm > 0);
  const double flops = kFlopsAnElement * elements_;
  const auto count = static_cast<int64_t>(pieces_.size());
  loop(threads, flops, count, [&](int64_t t, int) {
    Piece& piece = pieces_[static_cast<size_t>(t)];
    shape(piece, update != nullptr, by_norm);
    if (update && !by_norm) apply(piece, *update, 1);
  });
  if (by_norm) {
    find_scales();
    loop(threads, flops, count, [&](int64_t t, int) {
      const Piece& piece = pieces_[static_cast<size_t>(t)];
      apply(piece, *update, subjects_[piece.subject].scale);
    });
  }
  return penalty_of_pieces();
}

// The gradient of a piece as it goes to the update but for a bound, and the sums of the piece.
template <class T>
void Shaper<T>::shape(Piece& piece, bool completes, bool wants_norm) const {
  const Subject& subject = subjects_[piece.subject];
  const Matrix<const T> p = subject.parameter.p.from(piece.row);
  const Matrix<const T> g{subject.gradient + piece.row * p.ld, p.ld};
  const Index columns = subject.columns;
  if (subject.traits.l1 != 0) piece.absolutes = sum_of_piece(Term::absolute, piece.rows, columns, p);
  if (subject.traits.l2 != 0) piece.squares = sum_of_piece(Term::square, piece.rows, columns, p);
  over_runs(piece.row, piece.rows, columns, p.ld, [&](Index at, Index count) {
    T* const gradient = subject.gradient + at;
    add_slope(count, subject.traits, subject.parameter.p.data + at, gradient);
    if (T* const gathered = subject.traits.gathered)
      gather(count, shaping_.accumulation_steps, completes, gathered + at, gradient);
  });
  if (wants_norm) piece.norm = sum_of_piece(Term::square, piece.rows, columns, g);
}

template <class T>
void Shaper<T>::apply(const Piece& piece, const Update<T>& update, T scale) const {
  const Subject& subject = subjects_[piece.subject];
  const Parameter<T>& to = subject.parameter;
  over_runs(piece.row, piece.rows, subject.columns, to.p.ld, [&](Index at, Index count) {
    T* const gradient = subject.gradient + at;
    if (shaping_.clipvalue > 0) clip(count, static_cast<T>(shaping_.clipvalue), gradient);
    if (scale != 1)
      for (Index i = 0; i < count; i++) gradient[i] *= scale;
    T* slots[3] = {};
    for (int s = 0; s < 3 && to.slots[s]; s++) slots[s] = to.slots[s] + at;
    kernels<T>().update(count, update, to.p.data + at, gradient, slots);
  });
}

// What the gradient of each subject is multiplied by, so that its norm, or that of all together, keeps the bound.
template <class T>
void Shaper<T>::find_scales() {
  const auto scale = [](double bound, double squares) {
    const double norm = std::sqrt(squares);
    return norm > bound ? static_cast<T>(bound / norm) : T(1);
  };
  double together = 0;
  for (Subject& subject : subjects_) {
    const double squares = sum(subject, &Piece::norm);
    subject.scale = scale(shaping_.clipnorm, squares);
    together += squares;
  }
  if (shaping_.global_clipnorm > 0)
    for (Subject& subject : subjects_) subject.scale = scale(shaping_.global_clipnorm, together);
}

template <class T>
double Shaper<T>::penalty_of_pieces() const {
  double total = 0;
  for (const Subject& subject : subjects_)
    total += penalty_of(subject.traits, sum(subject, &Piece::absolutes), sum(subject, &Piece::squares));
  return total;
}

// Over the pieces of a subject, in order.
template <class T>
double Shaper<T>::sum(const Subject& subject, double Piece::* value) const {
  double sum = 0;
  for (size_t t = subject.first; t < subject.last; t++) sum += pieces_[t].*value;
  return sum;
}

template bool is_shaped(const Network<float>&);
template bool is_shaped(const Network<double>&);
template double penalty(const Network<float>&);
template double penalty(const Network<double>&);
template class Shaper<float>;
template class Shaper<double>;

}  // namespace dlcore
