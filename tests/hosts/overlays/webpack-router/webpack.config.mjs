import HtmlWebpackPlugin from "html-webpack-plugin";
import MiniCssExtractPlugin from "mini-css-extract-plugin";

export default (_env, { mode }) => ({
  entry: "./src/main.tsx",
  output: { filename: "[name].[contenthash].js", publicPath: "/", clean: true },
  resolve: { extensions: [".tsx", ".ts", ".js"] },
  module: {
    rules: [
      { test: /\.tsx?$/, loader: "esbuild-loader", options: { target: "es2022", jsx: "automatic" } },
      {
        test: /\.css$/,
        use: [mode === "production" ? MiniCssExtractPlugin.loader : "style-loader", "css-loader", "postcss-loader"],
      },
    ],
  },
  plugins: [new HtmlWebpackPlugin({ template: "index.html" }), new MiniCssExtractPlugin()],
  performance: { hints: false },
  devServer: { historyApiFallback: true, hot: true, client: { overlay: false } },
});
