/**
 * Operators of `ai.onnx` and `ai.onnx.ml` whose outputs have a shape that follows from the shapes of their inputs and
 * from their attributes. What is not in one of these two lists is refused.
 */
export const shapedByShapes: ReadonlySet<string> = new Set(
  words(`
  Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization BitCast
  BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Concat Constant Conv ConvInteger
  ConvTranspose Cos Cosh CumProd CumSum DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu
  Equal Erf Exp EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool
  GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization
  IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul
  MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg Not Or PRelu Pow QLinearConv
  QLinearMatMul QuantizeLinear RMSNormalization RNN Reciprocal RegexFullMatch Relu ReverseSequence Round Scatter
  ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Softmax Softplus Softsign SpaceToDepth Sqrt
  StringConcat Sub Sum Swish Tan Tanh TfIdfVectorizer ThresholdedRelu Transpose Trilu Where Xor
  ArrayFeatureExtractor Binarizer CategoryMapper FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor
  Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
  ZipMap`),
);

/**
 * Operators some of whose operands say how large the output is, and which ones. Such an operand must follow from
 * constants and from the number of rows; one that is computed from the values of the rows lets a single request ask for
 * any amount of memory.
 */
export const shapedByValues: Readonly<Record<string, readonly number[]>> = {
  CenterCropPad: [1],
  Compress: [1],
  ConstantOfShape: [0],
  Expand: [1],
  NonZero: [0],
  OneHot: [1],
  Pad: [1, 3],
  Range: [0, 1, 2],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  ReduceMax: [1],
  ReduceMean: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSum: [1],
  ReduceSumSquare: [1],
  Reshape: [1],
  Resize: [1, 2, 3],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  TopK: [1],
  Unique: [0],
  Unsqueeze: [1],
  Upsample: [1],
};

/** Operators that can make much of little: what they are asked for as a constant is bounded before anything runs. */
export const growing: ReadonlySet<string> = new Set([
  'CenterCropPad',
  'ConstantOfShape',
  'Expand',
  'OneHot',
  'Pad',
  'Range',
  'Resize',
  'Tile',
]);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
