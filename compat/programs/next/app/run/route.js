import { results } from "../../results.js";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json(await results());
}
