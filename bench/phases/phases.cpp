// Times the kernels of a training step one by one: phases ROWS SIZE SIZE... prints the medians of the forward pass, the
// gradients toward the inputs, and the gradients of the parameters with Adam's update, in microseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "engine/network.hpp"
#include "engine/tiles.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/scratch.hpp"

namespace dlcore {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kFlops = 4e10;  // of all rounds together

struct Layer {
  Index inputs, units;
  OwnedMatrix<float> w, momentum, velocity, y, dz;
  Buffer<float> bias, bias_momentum, bias_velocity;

  Layer(Index inputs, Index units, Index rows)
      : inputs(inputs),
        units(units),
        w(inputs, units),
        momentum(inputs, units),
        velocity(inputs, units),
        y(rows, units),
        dz(rows, units),
        bias(units),
        bias_momentum(units),
        bias_velocity(units) {
    for (const Buffer<float>* zero : {&momentum.memory, &velocity.memory, &bias, &bias_momentum, &bias_velocity})
      std::fill_n(zero->data(), zero->size(), 0.0F);
    for (const Buffer<float>* some : {&w.memory, &y.memory, &dz.memory})
      for (Index i = 0; i < some->size(); i++) some->data()[i] = static_cast<float>(i * 37 % 101 - 50) / 1000;
  }
};

class Step {
 public:
  Step(Index rows, const std::vector<Index>& sizes) : rows_(rows), x_(rows, sizes[0]) {
    std::fill_n(x_.memory.data(), x_.memory.size(), 0.5F);
    for (size_t l = 0; l + 1 < sizes.size(); l++) {
      layers_.emplace_back(sizes[l], sizes[l + 1], std::min(rows, kChunkRows));
      weights_ += static_cast<double>(sizes[l] * sizes[l + 1]);
    }
  }

  double flops() const { return 6 * weights_ * static_cast<double>(rows_); }

  // Seconds of each phase; a batch of more rows than a chunk goes chunk by chunk, as in the engine.
  void run(double (&seconds)[3]) {
    for (Index c = 0; c < rows_; c += kChunkRows) {
      const Index rows = std::min(kChunkRows, rows_ - c);
      const Index tile = rows_per_tile(weights_ * sizeof(float), rows, 1);
      for (Index r = 0; r < rows; r += tile) {
        const Index m = std::min(tile, rows - r);
        time(seconds[0], [&] { forward(r, m, x_.view.from(c + r)); });
        time(seconds[1], [&] { backward(r, m); });
      }
      time(seconds[2], [&] { update(rows, x_.view.from(c)); });
    }
  }

 private:
  template <class Body>
  static void time(double& seconds, const Body& body) {
    const auto start = Clock::now();
    body();
    seconds += std::chrono::duration<double>(Clock::now() - start).count();
  }

  void forward(Index r, Index m, Matrix<const float> x) {
    for (Layer& layer : layers_) {
      const Matrix<float> y = layer.y.view.from(r);
      const auto kind = &layer == &layers_.back() ? Activation::linear : Activation::relu;
      kernel_.dense(m, layer.inputs, layer.units, x, layer.w.view, layer.bias.data(), {kind, 0}, {nullptr, 0}, y,
                    scratch<float>());
      x = y;
    }
  }

  void backward(Index r, Index m) {
    for (size_t l = layers_.size() - 1; l > 0; l--) {
      const Layer &layer = layers_[l], &below = layers_[l - 1];
      kernel_.input_gradient(m, layer.inputs, layer.units, layer.dz.view.from(r), layer.w.view, {Activation::relu, 0},
                             {nullptr, 0}, below.y.view.from(r), below.dz.view.from(r), scratch<float>());
    }
  }

  void update(Index rows, Matrix<const float> x) {
    for (Layer& layer : layers_) {
      const Matrix<const float> none{nullptr, 0};
      kernel_.weight_gradient(rows, x, layer.dz.view, 0, layer.inputs, 0, layer.units, none, &update_,
                              {layer.w.view, {layer.momentum.view.data, layer.velocity.view.data, nullptr}},
                              scratch<float>(), nullptr);
      kernel_.bias_gradient(
          rows, layer.dz.view, 0, layer.units, none, &update_,
          {{layer.bias.data(), layer.units}, {layer.bias_momentum.data(), layer.bias_velocity.data(), nullptr}});
      x = layer.y.view;
    }
  }

  const Kernels<float>& kernel_ = kernels<float>();
  const Update<float> update_ = make_update<float>(UpdateKind::adam, {1e-9, 0, 0.9, 0.999, 0, 1e-7, 0, 10});
  Index rows_;
  OwnedMatrix<float> x_;
  std::vector<Layer> layers_;
  double weights_ = 0;
};

int run(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: phases ROWS SIZE SIZE ...\n");
    return 2;
  }
  if (const char* target = std::getenv("DLCORE_ISA")) force_target(target);
  std::vector<Index> sizes;
  for (int i = 2; i < count; i++) sizes.push_back(std::atol(arguments[i]));
  Step step(std::atol(arguments[1]), sizes);
  const int rounds = std::clamp(static_cast<int>(kFlops / step.flops()), 5, 20000);
  std::vector<double> phases[3];
  for (int round = 0; round < rounds; round++) {
    double seconds[3] = {};
    step.run(seconds);
    for (int p = 0; p < 3; p++) phases[p].push_back(seconds[p]);
  }
  for (std::vector<double>& times : phases) {
    std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
    std::printf("%.3f\n", times[static_cast<size_t>(rounds / 2)] * 1e6);
  }
  return 0;
}

}  // namespace
}  // namespace dlcore

int main(int count, char** arguments) { return dlcore::run(count, arguments); }
