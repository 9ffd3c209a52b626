// A small network that owns its arrays, and something for it to learn.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "random_data.hpp"

namespace dlcore {

// A network that owns its arrays.
template <class T>
struct Model {
  std::vector<std::vector<T>> arrays;
  Network<T> network;

  Model(const std::vector<Index>& sizes, Activation activation, UpdateKind update) {
    network.loss = Loss::sparse_categorical_crossentropy_logits;
    network.fused_output = true;
    network.update = update;
    network.metrics = {{Metric::sparse_categorical_accuracy, T(0)}};
    for (size_t l = 0; l + 1 < sizes.size(); l++) {
      Layer<T> layer;
      layer.inputs = sizes[l];
      layer.units = sizes[l + 1];
      layer.activation = {l + 2 < sizes.size() ? activation : Activation::softmax, T(0.2)};
      std::vector<T> w = uniform<T>(layer.inputs * layer.units, 10 + l);
      for (T& value : w) value *= std::sqrt(T(3) / static_cast<T>(layer.inputs));
      layer.w = parameter(std::move(w), layer.units);
      layer.b = parameter(std::vector<T>(static_cast<size_t>(layer.units)), layer.units);
      network.layers.push_back(layer);
    }
  }

  // A normalization of what layer `at` takes, with an activation of its own.
  void normalize(size_t at, typename Normalization<T>::Kind kind, Activation activation) {
    Layer<T> layer;
    const Index units = layer.inputs = layer.units = network.layers[at].inputs;
    layer.activation = {activation, T(0.2)};
    layer.normalization.kind = kind;
    layer.normalization.epsilon = T(1e-3);
    layer.normalization.momentum = 0.9;
    layer.w = parameter(std::vector<T>(static_cast<size_t>(units), T(1)), units);
    layer.b = parameter(std::vector<T>(static_cast<size_t>(units)), units);
    if (kind == Normalization<T>::batch) {
      for (T** moving : {&layer.normalization.moving_mean, &layer.normalization.moving_variance}) {
        arrays.emplace_back(static_cast<size_t>(units), T(1));
        *moving = arrays.back().data();
      }
    }
    network.layers.insert(network.layers.begin() + static_cast<std::ptrdiff_t>(at), layer);
  }

  Parameter<T> parameter(std::vector<T> values, Index ld) {
    const size_t count = values.size();
    arrays.push_back(std::move(values));
    Parameter<T> result{{arrays.back().data(), ld}, {}};
    for (int s = 0; s < slots_of(network.update); s++) {
      arrays.emplace_back(count);
      result.slots[s] = arrays.back().data();
    }
    return result;
  }
};

struct Problem {
  std::vector<float> x;
  std::vector<int64_t> labels, order;
  std::vector<double> rates;
  Index rows, columns;

  Problem(Index rows, Index columns, Index classes, Index batch)
      : x(uniform<float>(rows * columns, 1)), labels(rows), order(rows), rows(rows), columns(columns) {
    for (Index i = 0; i < rows; i++) labels[i] = (x[i * columns] > 0) + 2 * (x[i * columns + 1] > 0) % classes;
    permutation(3, 0, rows, order.data());
    rates.assign((rows + batch - 1) / batch, 1e-2);
  }
  Data<float> data() const {
    Data<float> result;
    result.rows = rows;
    result.x = {x.data(), columns};
    result.labels = labels.data();
    result.order = order.data();
    return result;
  }
};

inline const Report quiet = [](const Totals&) {};

constexpr Hyper kHyper{1e-2, 0.9, 0.9, 0.999, 0.9, 1e-7, 0.01, 1};

}  // namespace dlcore
