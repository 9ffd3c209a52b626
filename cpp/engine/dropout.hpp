// Dropout: a function of seed, draw and the element's place in the batch, as dlcore.random.dropout has it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/network.hpp"

namespace dlcore {

// As wide as T: all bits set for an element that is kept, none for another.
template <class T>
using Mask = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

// Which of `count` elements of a batch, from `first` on, this step's draw keeps.
template <class T>
void draw_kept(const Dropout<T>& dropout, Index first, Index count, Mask<T>* kept);

// out = in · scale where kept, else 0, whatever is there. out may be in.
template <class T>
void drop(const Dropout<T>& dropout, Index rows, Index columns, const Mask<T>* kept, Matrix<const T> in, Matrix<T> out);

}  // namespace dlcore
