// Rows of a batch all the way forward and back: what a task of phase 1 does.
#include "engine/normalization.hpp"
#include "engine/step.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"

namespace dlcore {

// Rows [r0, r1) of the window through the layers [from, to), and back if those are the last ones.
template <class T>
void Stepper<T>::pass_rows(const Data<T>& data, const Window& window, size_t from, size_t to, Index r0, Index r1) {
  if (from == 0 && data.order)
    kernels<T>().gather_rows(r1 - r0, network_.inputs(), data.x, data.order + window.first + window.at + r0,
                             x_.view.from(r0));
  const Matrix<const T> x = from         ? layers_[from - 1].y.view
                            : data.order ? x_.view
                                         : data.x.from(window.first + window.at);
  forward(window, from, to, r0, r1, x.from(r0));
  if (to < layers_.size()) return;
  loss(data, window, r0, r1);
  backward(window, layers_.size() - 1, from, r0, r1);
}

template <class T>
void Stepper<T>::forward(const Window& window, size_t from, size_t to, Index r0, Index r1, Matrix<const T> x) {
  const Kernels<T>& kernel = kernels<T>();
  for (size_t l = from; l < to; l++) {
    const Layer<T>& layer = network_.layers[l];
    const bool fused = l + 1 == layers_.size() && network_.fused_output;
    const ActivationOf<T> activation = fused ? ActivationOf<T>{Activation::linear, 0} : layer.activation;
    const Matrix<T> y = layers_[l].y.view.from(r0);
    if (layer.dropout.state) {
      Mask<T>* const kept = layers_[l].kept.data() + r0 * layer.inputs;
      const Matrix<T> dropped = layers_[l].input.view.from(r0);
      draw_kept(layer.dropout, (window.at + r0) * layer.inputs, (r1 - r0) * layer.inputs, kept);
      drop(layer.dropout, r1 - r0, layer.inputs, kept, x, dropped);
      x = dropped;
    }
    const Matrix<T> z = layers_[l].z.view.from(r0);
    if (layer.normalizes()) {
      const Matrix<T> normal = z.data ? z : y;
      normalize_rows(l, r0, r1, x, normal);
      if (activation.kind != Activation::linear) kernel.activate(r1 - r0, layer.units, activation, normal, y);
    } else {
      kernel.dense(r1 - r0, layer.inputs, layer.units, x, layer.w.p, layer.b.p.data, activation, z, y, scratch<T>());
      if (is_rowwise(activation.kind)) kernel.activate(r1 - r0, layer.units, activation, y, y);
    }
    x = y;
  }
}

// By the statistics of the batch, which are known, or of each row.
template <class T>
void Stepper<T>::normalize_rows(size_t l, Index r0, Index r1, Matrix<const T> x, Matrix<T> out) {
  const Layer<T>& layer = network_.layers[l];
  if (!layer.normalizes_batch()) {
    const Workspace& space = layers_[l];
    kernels<T>().row_moments(r1 - r0, layer.units, x, space.mean.data() + r0, space.variance.data() + r0);
    invert_deviations(r1 - r0, space.variance.data() + r0, layer.normalization.epsilon, space.inverse.data() + r0);
  }
  kernels<T>().normalize(r1 - r0, layer.units, x, normalized(l).from(r0), out);
}

// Loss and metrics of the rows, and the gradient toward the last layer's pre-activation.
template <class T>
void Stepper<T>::loss(const Data<T>& data, const Window& window, Index r0, Index r1) {
  const Kernels<T>& kernel = kernels<T>();
  const Index first = window.first + window.at;
  const Index n = network_.outputs();
  Matrix<const T> targets = data.targets.from(first + r0);
  const int64_t* labels = data.labels ? data.labels + first + r0 : nullptr;
  const T* weights = data.sample_weight ? data.sample_weight + first + r0 : nullptr;
  if (data.order) {
    for (Index r = r0; r < r1; r++) {
      const int64_t from = data.order[first + r];
      if (labels) labels_.data()[r] = data.labels[from];
      if (weights) weights_.data()[r] = data.sample_weight[from];
    }
    if (labels) {
      labels = labels_.data() + r0;
    } else {
      kernel.gather_rows(r1 - r0, n, data.targets, data.order + first + r0, targets_.view.from(r0));
      targets = targets_.view.from(r0);
    }
    if (weights) weights = weights_.data() + r0;
  }

  const Workspace& last = layers_.back();
  const ActivationOf<T> activation = network_.layers.back().activation;
  const Matrix<const T> y = last.y.view.from(r0);
  const Matrix<T> dz = last.dz.view.from(r0);
  kernel.loss(network_.loss, r1 - r0, n, targets, labels, y, weights, network_.loss_parameter,
              static_cast<T>(1.0 / static_cast<double>(window.batch_rows)), values_.data() + window.at + r0, dz);
  if (!network_.fused_output && activation.kind != Activation::linear)
    kernel.activation_gradient(r1 - r0, n, activation, dz, last.z.view.from(r0), y, dz);

  Matrix<const T> output = y;
  if (metrics_need_activation_) {
    const Matrix<T> activated = activated_.view.from(r0);
    kernel.activate(r1 - r0, n, activation, y, activated);
    output = activated;
  }
  for (size_t k = 0; k < metric_values_.size(); k++) {
    const auto& [kind, parameter] = network_.metrics[k];
    kernel.metric(kind, r1 - r0, n, targets, labels, output, nullptr, parameter,
                  metric_values_[k].data() + window.at + r0);
  }
}

// From the gradient toward the pre-activation of layer `from` to that of layer `to` below it.
template <class T>
void Stepper<T>::backward(const Window& window, size_t from, size_t to, Index r0, Index r1) {
  const Kernels<T>& kernel = kernels<T>();
  for (size_t l = from; l > to; l--) {
    const Layer<T>& layer = network_.layers[l];
    const Workspace& below = layers_[l - 1];
    const ActivationOf<T> activation = network_.layers[l - 1].activation;
    const Dropout<T>& dropout = layer.dropout;
    // What was dropped comes between the product and the activation, but for relu, which may as well come first.
    const bool apart = is_rowwise(activation.kind) || layer.normalizes() ||
                       (dropout.state && activation.kind != Activation::relu && activation.kind != Activation::linear);
    const Matrix<const T> z = below.z.view.from(r0), y = below.y.view.from(r0);
    const Matrix<T> dz = below.dz.view.from(r0);
    const Matrix<const T> above = layers_[l].dz.view.from(r0);
    if (layer.normalizes())
      kernel.normalize_gradient(r1 - r0, layer.units, above, y, normalized(l).from(r0), window.rows,
                                gradients_[l].w.data(), gradients_[l].b.data(), dz);
    else
      kernel.input_gradient(r1 - r0, layer.inputs, layer.units, above, layer.w.p,
                            apart ? ActivationOf<T>{Activation::linear, 0} : activation, z, y, dz, scratch<T>());
    if (dropout.state)
      drop(dropout, r1 - r0, layer.inputs, layers_[l].kept.data() + r0 * layer.inputs, Matrix<const T>(dz), dz);
    if (apart && activation.kind != Activation::linear)
      kernel.activation_gradient(r1 - r0, layer.inputs, activation, dz, z, y, dz);
  }
}

template void Stepper<float>::pass_rows(const Data<float>&, const Window&, size_t, size_t, Index, Index);
template void Stepper<double>::pass_rows(const Data<double>&, const Window&, size_t, size_t, Index, Index);
template void Stepper<float>::backward(const Window&, size_t, size_t, Index, Index);
template void Stepper<double>::backward(const Window&, size_t, size_t, Index, Index);

}  // namespace dlcore
