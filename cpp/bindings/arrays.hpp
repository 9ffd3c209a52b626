// NumPy arrays as the core sees them. Python's ops have checked them already; what is checked again here is what would
// otherwise read or write memory that is not the array's.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>
#include <string>

#include "kernels/table.hpp"

namespace dlcore {

namespace py = pybind11;

template <class T>
bool holds(const py::array& a) {
  return a.dtype().num() == py::dtype::of<T>().num();
}

inline bool is_packed(const py::array& a) { return a.flags() & py::array::c_style; }

template <class T>
void require(const py::array& a, const char* name) {
  if (!holds<T>(a)) throw py::type_error(std::string(name) + " has another dtype than the other arrays");
  if (!is_packed(a)) throw py::value_error(std::string(name) + " is not C-contiguous");
}

inline py::array as_array(const py::handle& object, const char* name) {
  if (!py::isinstance<py::array>(object)) throw py::type_error(std::string(name) + " is not a NumPy array");
  return py::reinterpret_borrow<py::array>(object);
}

// The elements of an array of `count` elements, for reading or, through writeable, for writing.
template <class T>
const T* elements(const py::array& a, Index count, const char* name) {
  require<T>(a, name);
  if (a.size() != count)
    throw py::value_error(std::string(name) + " has " + std::to_string(a.size()) + " elements, not " +
                          std::to_string(count));
  return static_cast<const T*>(a.data());
}

template <class T>
T* writeable(py::array a, Index count, const char* name) {
  elements<T>(a, count, name);
  if (!a.writeable()) throw py::value_error(std::string(name) + " is read-only");
  return static_cast<T*>(a.mutable_data());
}

inline Index rows_of(const py::array& a, const char* name) {
  if (a.ndim() != 2) throw py::value_error(std::string(name) + " is not two-dimensional");
  return a.shape(0);
}
inline Index columns_of(const py::array& a, const char* name) {
  if (a.ndim() != 2) throw py::value_error(std::string(name) + " is not two-dimensional");
  return a.shape(1);
}

template <class T>
Matrix<const T> matrix(const py::array& a, Index rows, Index columns, const char* name) {
  return {elements<T>(a, rows * columns, name), columns};
}
template <class T>
Matrix<T> out_matrix(const py::array& a, Index rows, Index columns, const char* name) {
  return {writeable<T>(a, rows * columns, name), columns};
}

// A matrix whose rows may lie apart: weights, which are laid so that their rows do not compete for cache sets.
template <class T>
Matrix<const T> spaced(const py::array& a, Index rows, Index columns, const char* name) {
  if (is_packed(a)) return matrix<T>(a, rows, columns, name);
  if (!holds<T>(a)) throw py::type_error(std::string(name) + " has another dtype than the other arrays");
  const Index size = sizeof(T);
  if (a.ndim() != 2 || a.shape(0) != rows || a.shape(1) != columns || a.strides(1) != size ||
      a.strides(0) < columns * size || a.strides(0) % size != 0)
    throw py::value_error(std::string(name) + " is neither C-contiguous nor made of C-contiguous rows");
  return {static_cast<const T*>(a.data()), a.strides(0) / size};
}
template <class T>
Matrix<T> out_spaced(py::array a, Index rows, Index columns, const char* name) {
  const Matrix<const T> view = spaced<T>(a, rows, columns, name);
  if (!a.writeable()) throw py::value_error(std::string(name) + " is read-only");
  return {static_cast<T*>(a.mutable_data()), view.ld};
}

// None gives null.
template <class T>
const T* optional(const py::object& a, Index count, const char* name) {
  return a.is_none() ? nullptr : elements<T>(as_array(a, name), count, name);
}
template <class T>
T* optional_out(const py::object& a, Index count, const char* name) {
  return a.is_none() ? nullptr : writeable<T>(as_array(a, name), count, name);
}

// body(T{}) with the floating type that a holds.
template <class Body>
auto with_type(const py::array& a, const char* name, const Body& body) {
  if (holds<float>(a)) return body(float{});
  if (holds<double>(a)) return body(double{});
  throw py::type_error(std::string(name) + " is neither float32 nor float64");
}

}  // namespace dlcore
