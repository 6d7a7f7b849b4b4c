import asyncio

import django
import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import path


async def double(request, n):
    await asyncio.sleep(0)
    return JsonResponse({"n": 2 * n, "sent": request.body.decode()})


def in_a_thread(request):
    """A view that is no coroutine function, and calls one."""
    return JsonResponse({"slept": async_to_sync(asyncio.sleep)(0.001, "slept")})


async def stream(request):
    async def lines():
        for n in range(20):
            yield f"{n}\n"
            await asyncio.sleep(0)

    return StreamingHttpResponse(lines())


async def number_of_threads(request):
    counted = await asyncio.gather(*(sync_to_async(int)(n) for n in range(10)))
    return JsonResponse({"counted": counted})


urlpatterns = [
    path("double/<int:n>", double),
    path("thread", in_a_thread),
    path("stream", stream),
    path("counted", number_of_threads),
]


@pytest.fixture(scope="module")
def application():
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="not one",
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    )
    django.setup()
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


async def test_async_views(serve, application):
    async with (
        serve(application) as address,
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=60) as client,
    ):
        answers = await asyncio.gather(
            *(client.post(f"/double/{n}", content=f"ü {n}") for n in range(10))
        )
        assert [each.json() for each in answers] == [
            {"n": 2 * n, "sent": f"ü {n}"} for n in range(10)
        ]
        assert (await client.get("/thread")).json() == {"slept": "slept"}
        assert (await client.get("/counted")).json() == {"counted": list(range(10))}
        assert (await client.get("/stream")).text.split() == [str(n) for n in range(20)]
        assert (await client.get("/nothing")).status_code == 404


async def test_its_client(application):
    from django.test import AsyncClient
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    answer = await AsyncClient(headers={"host": "127.0.0.1"}).get("/double/4")
    assert answer.json() == {"n": 8, "sent": ""}
    teardown_test_environment()
