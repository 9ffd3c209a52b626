// Dropout: a function of seed, draw and the element's place in the batch, as dlcore.random.dropout has it.
#pragma once

#include <cstdint>

#include "engine/network.hpp"

namespace dlcore {

// Which of `count` elements of a batch, from `first` on, this step's draw keeps: 1 or 0 for each.
template <class T>
void draw_kept(const Dropout<T>& dropout, Index first, Index count, uint8_t* kept);

// out = in · scale where kept, else 0, whatever is there. out may be in.
template <class T>
void drop(const Dropout<T>& dropout, Index rows, Index columns, const uint8_t* kept, Matrix<const T> in, Matrix<T> out);

}  // namespace dlcore
