#include "engine/sums.hpp"

#include <algorithm>
#include <cmath>

namespace dlcore {
namespace {

constexpr int kSumLanes = 16;

// Elements of a piece, about: enough to be worth a task, few enough to stay in the first-level caches.
constexpr Index kPieceElements = 4096;

// Compiled for the baseline, where the lanes become a few registers whatever the width of those.
template <class T, class Value>
double lane_sum(Index rows, Index columns, Matrix<const T> x, const Value& value) {
  double lanes[kSumLanes] = {};
  Index seen = 0;
  const auto take = [&](Index count, const T* values) {
    Index i = 0;
    for (; i < count && seen % kSumLanes; i++) lanes[seen++ % kSumLanes] += value(values[i]);
    for (; i + kSumLanes <= count; i += kSumLanes)
      for (int q = 0; q < kSumLanes; q++) lanes[q] += value(values[i + q]);
    for (; i < count; i++) lanes[seen++ % kSumLanes] += value(values[i]);
  };
  if (x.ld == columns)
    take(rows * columns, x.data);
  else
    for (Index r = 0; r < rows; r++) take(columns, x.row(r));
  for (int step = kSumLanes / 2; step > 0; step /= 2)
    for (int q = 0; q < step; q++) lanes[q] += lanes[q + step];
  return lanes[0];
}

}  // namespace

Index rows_of_piece(Index columns) { return std::max<Index>(1, kPieceElements / std::max<Index>(1, columns)); }

template <class T>
double sum_of_piece(Term term, Index rows, Index columns, Matrix<const T> x) {
  if (term == Term::absolute) return lane_sum(rows, columns, x, [](T v) { return std::fabs(static_cast<double>(v)); });
  return lane_sum(rows, columns, x, [](T v) { return static_cast<double>(v) * static_cast<double>(v); });
}

template <class T>
double sum_of(Term term, Index rows, Index columns, Matrix<const T> x) {
  const Index step = rows_of_piece(columns);
  double sum = 0;
  for (Index r = 0; r < rows; r += step) sum += sum_of_piece(term, std::min(step, rows - r), columns, x.from(r));
  return sum;
}

template double sum_of_piece(Term, Index, Index, Matrix<const float>);
template double sum_of_piece(Term, Index, Index, Matrix<const double>);
template double sum_of(Term, Index, Index, Matrix<const float>);
template double sum_of(Term, Index, Index, Matrix<const double>);

}  // namespace dlcore
