import { results } from "../../results.js";

export default async function handler(_request, response) {
  response.status(200).json(await results());
}
