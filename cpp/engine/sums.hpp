// Sums over a matrix in float64 that neither threads nor the instruction set change: what norms and penalties are.
#pragma once

#include "kernels/table.hpp"

namespace dlcore {

// What of each element is added.
enum class Term { absolute, square };

// A matrix is cut into pieces of so many whole rows. Element i of a piece, counted row by row, belongs to lane i % 16,
// each lane is one ascending chain, and the lanes are folded in a fixed tree; pieces are added in order.
Index rows_of_piece(Index columns);

template <class T>
double sum_of_piece(Term term, Index rows, Index columns, Matrix<const T> x);

template <class T>
double sum_of(Term term, Index rows, Index columns, Matrix<const T> x);

}  // namespace dlcore
